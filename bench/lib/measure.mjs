/** CPU time of this process so far, in nanoseconds: on a machine that is shared, wall time measures the neighbours too. */
function cpuTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

async function timed(run, iterations) {
  const start = cpuTime()
  const result = run(iterations)
  if (result instanceof Promise) await result
  return cpuTime() - start
}

/** Iterations of `run` that take about `target` nanoseconds; warms it up on the way. */
async function calibrate(run, target) {
  let iterations = 1
  for (;;) {
    const time = await timed(run, iterations)
    if (time >= target) return Math.max(1, Math.round((iterations * target) / time))
    iterations = Math.max(iterations * 2, time > 0 ? Math.ceil((iterations * target) / time / 2) : 0)
  }
}

/**
 * Runs until it gets no faster, as the runtime compiles when it finds time: on a busy machine later than one would think. Gives the
 * iterations of a sample.
 */
async function warmUp(run, sampleTime, warmup) {
  let before = 0
  for (let round = 0; ; round++) {
    const iterations = await calibrate(run, sampleTime)
    if (round >= 2 && iterations <= before * 1.1) return Math.max(iterations, before)
    before = Math.max(iterations, before)
    if (round === 20) return before
    await timed(run, Math.ceil((iterations * warmup) / sampleTime))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[list[i], list[j]] = [list[j], list[i]]
  }
  return list
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Measures every case (`run(iterations)` does the work that often, and may be async): warm-up, then `samples` rounds, each of which takes one
 * sample of every case, in a new random order each time, after a minor collection. Sets `median` and `spread` (quartiles apart, relative to
 * the median) in nanoseconds per operation.
 */
export async function measure(cases, { samples, sampleTime, warmup, onRound }) {
  for (const one of shuffle([...cases])) {
    one.iterations = await warmUp(one.run, sampleTime, warmup)
    one.times = []
  }
  for (let round = 0; round < samples; round++) {
    onRound?.(round)
    for (const one of shuffle([...cases])) {
      globalThis.gc?.({ type: 'minor' })
      one.times.push((await timed(one.run, one.iterations)) / one.iterations)
    }
  }
  for (const one of cases) {
    const sorted = [...one.times].sort((a, b) => a - b)
    one.median = median(sorted)
    one.spread = (sorted[Math.floor(sorted.length * 0.75)] - sorted[Math.floor(sorted.length * 0.25)]) / one.median
  }
}
