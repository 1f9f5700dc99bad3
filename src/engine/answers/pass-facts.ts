// The program as each pass found and left it, with any passes switched off, to be looked at; nothing runs by it. The traces of
// the last question are kept, so that a text is printed only when somebody reads it.
import { type PassTrace, pipeline } from '../../compiler/pipeline.ts';
import type { KernelLibrary } from '../../kernels/library.ts';
import { kernelFlops } from '../../program/kernel-cost.ts';
import { printProgram } from '../../program/print.ts';
import type { Project } from '../project.ts';
import type { PassesFacts, PassesRequest, PassFacts, PassText } from '../protocol/plans.ts';

export interface PassBook {
  facts(project: Project, request: PassesRequest, revision: number): PassesFacts;
  /** Before and after the pass at a place of `passes`; null where it did not run. */
  text(index: number): PassText | null;
  /** The graph is another. */
  clear(): void;
}

/** Without traces: the first question compiles. */
export function createPassBook(library: KernelLibrary): PassBook {
  let traces: readonly (PassTrace | null)[] = [];
  return {
    facts(project, { plan: kind, off }, revision) {
      const ran: PassTrace[] = [];
      const { program, plan, diagnostics } = project.compileAs(kind, { off, trace: (trace) => ran.push(trace) });
      const queue = [...ran];
      traces = pipeline.map((pass) => (queue[0]?.pass === pass.name ? (queue.shift() ?? null) : null));
      const passes = pipeline.map((pass, index): PassFacts => {
        const trace = traces[index] ?? null;
        return {
          name: pass.name,
          state:
            trace !== null
              ? 'ran'
              : off.includes(pass.name)
                ? 'off'
                : kind === 'stepping' && pass.mergesSteps
                  ? 'left out'
                  : 'unasked',
          before: trace?.before.instructions.length ?? null,
          after: trace?.after.instructions.length ?? null,
          changed: trace !== null && trace.before !== trace.after && differs(trace),
        };
      });
      return {
        revision,
        passes,
        diagnostics,
        instructions: program?.instructions.length ?? 0,
        kernels: plan?.kernels.length ?? 0,
        flops:
          plan?.instructions.reduce((sum, { kernel }) => {
            const spec = plan.kernels[kernel];
            return sum + (spec ? kernelFlops(spec) : 0);
          }, 0) ?? 0,
        scratchBytes: plan?.arena.scratchBytes ?? 0,
        workspaceBytes: Math.max(0, ...(plan?.kernels ?? []).map((spec) => library.workspaceBytes(spec))),
      };
    },
    text(index) {
      const trace = traces[index];
      return trace ? { before: printProgram(trace.before), after: printProgram(trace.after) } : null;
    },
    clear() {
      traces = [];
    },
  };
}

/** Whether a pass did anything: it may answer a new program with the old instructions in it. */
function differs({ before, after }: PassTrace): boolean {
  return (
    before.instructions.length !== after.instructions.length ||
    before.instructions.some((instruction, i) => instruction !== after.instructions[i])
  );
}
