/** Starts a clock; it gives the CPU time of this process since, in milliseconds: what something takes, however busy the machine is with other things. */
export function cpuTime(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
}
