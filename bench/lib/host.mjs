// Holds one subject, in a page or in a process, and times it when told.
import { findCase } from '../workloads/workloads.mjs';
import { measure, warmUp } from './measure.mjs';

/** @param {(engine: string) => Promise<{ createSubject: (c: object, options: object) => Promise<() => unknown>, version: string }>} load */
export function createHost(load) {
  let run;
  return {
    /** Answers the engine's version, or why it cannot do this case. */
    async open(engine, caseName, options) {
      try {
        const module = await load(engine);
        run = await module.createSubject(findCase(caseName), options);
        await warmUp(run);
        return { version: module.version };
      } catch (error) {
        return { refused: String(error?.message ?? error).slice(0, 300) };
      }
    },
    measure: (budgetMs) => measure(run, { budgetMs }),
  };
}
