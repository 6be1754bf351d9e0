#!/bin/bash
# A Docker engine for one run. Sourced by .ci/run, or by hand: `. .ci/engine.sh; engine_start; …; engine_stop`.
#
# engine_start  uses the engine that answers, else installs one (Debian, as root) and starts it on a socket of its own, so that nothing else
#               on the machine takes it for the machine's engine; sets DOCKER_HOST and
#               TESTCONTAINERS_HOST_OVERRIDE. Then sees to it that debian:bookworm-slim is there:
#               pulled, or where no image registry can be reached made here by debootstrap from the machine's own package mirror.
# engine_stop   stops the engine if engine_start started it. Its images are kept for the next run.

ENGINE_RUN=/run/kafka-evolve-engine
ENGINE_DATA=/var/lib/kafka-evolve-engine
ENGINE_BASE=debian:bookworm-slim
ENGINE_SUITE=bookworm
engine_started=

engine_start() {
  if engine_answers; then
    echo "engine: the one that answers is used ($(docker version --format '{{.Server.Version}}'))"
  else
    engine_install && engine_daemon || return 1
  fi
  engine_base_image
}

engine_stop() {
  [ -n "$engine_started" ] || return 0
  local ids
  ids=$(docker ps -aq)
  # shellcheck disable=SC2086
  [ -z "$ids" ] || docker rm -f $ids >/dev/null 2>&1
  kill "$engine_started" 2>/dev/null
  for _ in $(seq 100); do kill -0 "$engine_started" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$engine_started" 2>/dev/null
  engine_started=
  unset DOCKER_HOST TESTCONTAINERS_HOST_OVERRIDE
  rm -rf "$ENGINE_RUN"
  echo 'engine: stopped'
}

engine_answers() {
  command -v docker >/dev/null && timeout 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Installs Debian packages without starting the services in them, and says nothing unless it fails.
apt_install() {
  local log policy=/usr/sbin/policy-rc.d ours='' status=0
  log=$(mktemp)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && ours=yes
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null || status=$?
  [ -z "$ours" ] || rm -f "$policy"
  [ "$status" = 0 ] || { tail -n 30 "$log"; echo "apt-get could not install $*"; }
  rm -f "$log"
  return "$status"
}

engine_install() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v docker >/dev/null || [[ " ${missing[*]} " == *' docker.io '* ]] || missing+=(docker.io)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v iptables >/dev/null || missing+=(iptables)
  [ ${#missing[@]} = 0 ] && return 0
  echo "engine: installing ${missing[*]}"
  apt_install "${missing[@]}"
}

# Starts dockerd; where the kernel or the machine lacks something it is tried with less: first without iptables, then without overlayfs too.
engine_daemon() {
  mkdir -p "$ENGINE_RUN" "$ENGINE_DATA"
  mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
  export DOCKER_HOST=unix://$ENGINE_RUN/docker.sock
  # testcontainers takes a machine with a file /.dockerenv for a container, and would look for the engine's ports at the bridge.
  export TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
  local less
  for less in '' '--iptables=false' '--iptables=false --storage-driver=vfs'; do
    rm -f "$ENGINE_RUN/docker.pid"
    # shellcheck disable=SC2086
    setsid dockerd --host "$DOCKER_HOST" --data-root "$ENGINE_DATA" --exec-root "$ENGINE_RUN/exec" --pidfile "$ENGINE_RUN/docker.pid" \
      $less >"$ENGINE_RUN/dockerd.log" 2>&1 </dev/null &
    engine_started=$!
    for _ in $(seq 300); do
      engine_answers && { echo "engine: dockerd $(docker version --format '{{.Server.Version}}') runs${less:+ with $less}"; return 0; }
      kill -0 "$engine_started" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$engine_started" 2>/dev/null
    wait "$engine_started" 2>/dev/null
    engine_started=
    echo "engine: dockerd${less:+ with $less} did not start:"
    tail -n 5 "$ENGINE_RUN/dockerd.log"
  done
  return 1
}

engine_base_image() {
  docker image inspect "$ENGINE_BASE" >/dev/null 2>&1 && return 0
  echo "engine: pulling $ENGINE_BASE"
  timeout 120 docker pull -q "$ENGINE_BASE" 2>&1 && return 0
  local mirror rootfs log
  # The mirror this machine installs Debian from; it is nobody else's business, so it is looked up here and written down nowhere.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Component: main' | head -n 1)
  [ -n "$mirror" ] || { echo 'engine: this machine has no Debian package source to make a base image from'; return 1; }
  echo "engine: no image registry answers; making $ENGINE_BASE with debootstrap"
  command -v debootstrap >/dev/null || apt_install debootstrap || return 1
  rootfs=$(mktemp -d) log=$(mktemp)
  local include=()
  [[ $mirror != https:* ]] || include=(--include=ca-certificates)
  if ! debootstrap --variant=minbase "${include[@]}" "$ENGINE_SUITE" "$rootfs" "$mirror" >"$log" 2>&1; then
    tail -n 20 "$log"
    return 1
  fi
  # apt in the container goes out the way apt does here.
  apt-config dump | grep -E '^Acquire::https?::Proxy' >"$rootfs/etc/apt/apt.conf.d/95proxy"
  rm -rf "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/*
  tar -C "$rootfs" -c . | docker import - "$ENGINE_BASE" >/dev/null || return 1
  rm -rf "$rootfs" "$log"
}
