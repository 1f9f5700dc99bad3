// Steps from each older version of the graph file to the next, applied in order before the schema looks at it. A new version
// adds one file beside this one and one line to the table.

type Raw = Readonly<Record<string, unknown>>;

export interface Migration {
  readonly from: number;
  /** Plain JSON in, plain JSON out; must not throw on any input. */
  run(raw: Raw): Raw;
}

/** In order: the step at index i leads from version i + 1 to i + 2. Version 1 is the first. */
export const migrations: readonly Migration[] = [];

/** Brings a file of an older version up to date. @param steps the table, or another one in tests */
export function migrate(raw: Raw, version: number, target: number, steps: readonly Migration[] = migrations): Raw {
  let current = raw;
  for (const step of steps) {
    if (step.from < version || step.from >= target) continue;
    current = { ...step.run(current), version: step.from + 1 };
  }
  return current;
}
