// Ids made of foreign names, each given out once. Files may hold thousands of names that become the same id: the number that
// tells them apart is not searched for anew.
import { toId } from '../../../language/identifier.ts';

export interface UniqueIds {
  /** `layer1.0.conv` → `layer1_0_conv`, or with the next free number. */
  take(name: string): string;
  giveBack(id: string): void;
}

/** Gives ids that none has yet; `taken` are given already. */
export function createUniqueIds(taken: readonly string[] = []): UniqueIds {
  const ids = new Set(taken);
  /** The last number that made an id unique, by what stands before it. */
  const numbers = new Map<string, number>();
  return {
    take(name) {
      const base = toId(name);
      const stem = base.replace(/[0-9]+$/, '').slice(0, 90) || base.slice(0, 90);
      let id = base;
      for (let n = numbers.get(stem) ?? 2; ids.has(id); n++) {
        id = `${stem}${n}`;
        numbers.set(stem, n);
      }
      ids.add(id);
      return id;
    },
    giveBack: (id) => void ids.delete(id),
  };
}
