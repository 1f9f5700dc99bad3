// Holds one subject, in a page or in a process: asks for its results once, then times it when told.
import { findCase } from '../workloads/workloads.mjs';
import { measure, warmUp } from './measure.mjs';
import { resultsOf } from './results.mjs';

/**
 * @typedef {object} Subject
 * @property {() => unknown} run                                     runs the case once; may answer a promise
 * @property {(name: string) => ArrayLike<number> | Promise<ArrayLike<number>>} read
 *   what the last run left: `y`, `loss`, `grad(<input or parameter>)`, or a parameter, in our layouts
 *
 * @param {(engine: string) => Promise<{ createSubject: (c: object, options: object) => Promise<Subject>, version: string }>} load
 */
export function createHost(load) {
  let run;
  return {
    /** Answers the engine's version and a sample of its results, or why it cannot do this case. */
    async open(engine, caseName, options) {
      try {
        const each = findCase(caseName);
        const module = await load(engine);
        const subject = await module.createSubject(each, options);
        const results = await resultsOf(each, subject);
        run = subject.run;
        await warmUp(run);
        return { version: module.version, results };
      } catch (error) {
        return { refused: String(error?.message ?? error).slice(0, 300) };
      }
    },
    measure: (budgetMs) => measure(run, { budgetMs }),
  };
}
