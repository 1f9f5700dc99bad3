// `--dim N=4`: sizes of symbolic dimensions.
import { CommandFailure } from './failure.ts';

/** `N=4` as names and sizes. */
export function sizes(given: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    given.map((text) => {
      const match = /^([A-Za-z_]\w*)=(\d+)$/.exec(text);
      if (!match) throw new CommandFailure(`--dim takes name=size, not \`${text}\``, 2);
      return [match[1] as string, Number(match[2])];
    }),
  );
}
