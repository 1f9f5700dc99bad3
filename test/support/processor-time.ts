/** Milliseconds that this process has computed: what a clock says of work also says how busy the machine is with other things. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
