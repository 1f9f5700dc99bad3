import { referencePath } from '../../../support/reference.ts';

/** A folder of real data, or undefined, loudly, where it is not at hand. */
export function referenceData(part: string): string | undefined {
  const found = referencePath(part);
  if (found === undefined) {
    // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
    console.warn(`SKIPPED: there is no ${part} beside the project; its files were not read`);
  }
  return found;
}
