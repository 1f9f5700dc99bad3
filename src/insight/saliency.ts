// saliency: which input pixels move the score of a class (Simonyan et al. 2013): max over channels of |∂score/∂pixel|, of the
// unnormalised score, in eval mode. A driver of a plan of its own; parameters and feeds are handed in.
import { compile, type Registry } from '../compiler/compile.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { KernelLibrary } from '../kernels/library.ts';
import { type BoundPlan, createWorkspace, type View } from '../runtime/workspace.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';

export interface SaliencyMap {
  readonly height: number;
  readonly width: number;
  /** Row by row, ≥ 0. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly score: number;
}

export interface SaliencyDriver {
  readonly classes: number;
  /** `read` gives parameters, states and feeds by name; the class defaults to the largest score. */
  map(
    read: (name: string) => View | null,
    example: number,
    classIndex: number | null,
  ): SaliencyMap & { readonly classIndex: number };
}

export interface SaliencyOptions {
  readonly input: string;
  readonly scores: string;
  readonly registry: Registry;
  readonly library: KernelLibrary;
}

/** Fails with diagnostics where the graph does not compile, the scores are not [N, classes] or the input is no image. */
export function createSaliency(
  graph: GraphFile,
  { input, scores, registry, library }: SaliencyOptions,
): SaliencyDriver | { readonly diagnostics: readonly Diagnostic[] } {
  const { plan, diagnostics } = compile(graph, registry, {
    mode: 'eval',
    retain: [input, scores, `grad(${input})`],
    gradients: { seeds: [{ value: scores, from: 'feed' }], towards: [input] },
    workspaceBytes: library.workspaceBytes,
  });
  if (!plan) return { diagnostics };
  const bound = createWorkspace([plan], { library }).plans[0] as BoundPlan;
  const scoreShape = plan.values[bound.find(scores) ?? -1]?.shape ?? [];
  const imageShape = plan.values[bound.find(input) ?? -1]?.shape ?? [];
  if (scoreShape.length !== 2) {
    return {
      diagnostics: [
        error(
          'E_SALIENCY',
          `saliency needs scores of shape N×classes, \`${scores}\` has ${scoreShape.length} dimensions`,
        ),
      ],
    };
  }
  const classes = scoreShape[1] as number;
  const image = imageShape.slice(1);
  const [height, width] = image.length >= 2 ? [image.at(-2) as number, image.at(-1) as number] : [1, image[0] ?? 1];
  const plane = height * width;
  const channels = image.slice(0, -2).reduce((a, b) => a * b, 1);
  const seed = plan.values.find((value) => value.kind === 'feed' && value.name.startsWith('grad('));
  return {
    classes,
    map(read, asked, wanted) {
      const example = Math.min(Math.max(0, asked), (scoreShape[0] as number) - 1);
      plan.values.forEach((value, index) => {
        const given =
          value.kind === 'feed' || value.kind === 'parameter' || value.kind === 'state' ? read(value.name) : null;
        if (given) bound.view(index).set(given);
      });
      const row = bound.read(scores);
      bound.run(0, plan.instructions.length);
      const at = example * classes;
      let best = 0;
      for (let c = 1; c < classes; c++) if ((row[at + c] as number) > (row[at + best] as number)) best = c;
      const classIndex = wanted === null ? best : Math.min(Math.max(0, wanted), classes - 1);
      const seeds = bound.read(seed?.name ?? `grad(${scores})`);
      seeds.fill(0);
      seeds[at + classIndex] = 1;
      bound.run(0, plan.instructions.length);
      const gradient = bound.read(`grad(${input})`);
      const values = new Float32Array(plane);
      for (let c = 0; c < channels; c++) {
        for (let i = 0; i < plane; i++)
          values[i] = Math.max(values[i] as number, Math.abs(gradient[(example * channels + c) * plane + i] as number));
      }
      return { height, width, values, score: row[at + classIndex] as number, classIndex };
    },
  };
}
