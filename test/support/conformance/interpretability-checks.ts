// The interpretability tensors of a golden network: every one through the attribution driver that the page uses, one image
// at a time. README: 1e-4 on scores, 1e-3 relative to the largest entry on what is made of gradients.
import { type AttributionDriver, createAttribution } from '../../../src/insight/attribution.ts';
import { attributionMethods } from '../../../src/insight/attribution-methods.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import { numel } from '../../../src/tensor/shape.ts';
import { type GoldenNetwork, idOf } from '../golden/networks.ts';
import { bind, type Json, library, planOf, registry, run } from '../graphs.ts';
import type { GoldenEntry, GoldenTensor } from '../reference.ts';
import { type Check, requireClose, unsupported } from './case.ts';

type Named<T> = Readonly<Record<string, T>>;

interface Interpretability {
  readonly images: readonly number[];
  readonly target_classes: readonly number[];
  readonly tensors: Named<string>;
  readonly constant_baseline: number;
  readonly definitions: Named<string>;
}

export function interpretabilityChecks(entry: GoldenEntry, make: () => GoldenNetwork): Check[] {
  const given = entry['interpretability'] as Interpretability | undefined;
  if (!given) return [];
  const image = entry['input'] as string;
  return Object.entries(given.tensors).flatMap(([what, at]): readonly Check[] => {
    if (what === 'logits') return [{ name: what, run: () => proveScores(make(), image, given, at, 'all') }];
    if (what === 'score_difference_zero')
      return [{ name: what, run: () => proveScores(make(), image, given, at, 'gain') }];
    const asked = methodOf(what, given);
    if (!asked) return unsupported(`no method gives ${what}`);
    return [{ name: what, run: () => proveMethod(make(), image, given, asked, at) }];
  });
}

interface Asked {
  readonly method: string;
  readonly options?: Json;
}

const plain: Named<string> = {
  input_gradient: 'input_gradient',
  saliency: 'saliency',
  gradient_times_input: 'gradient_times_input',
  guided_backprop: 'guided_backpropagation',
  deconvnet: 'deconvolution',
};

/** Method and options for a golden tensor's name: `gradcam/<layer>`, `integrated_gradients/<rule>_<baseline>`, … */
function methodOf(what: string, { constant_baseline: constant, definitions }: Interpretability): Asked | null {
  const [kind = '', detail = ''] = what.split('/');
  const method = plain[kind];
  if (method !== undefined) return { method };
  if (kind === 'gradcam' || kind === 'gradcam_upsampled') {
    return { method: 'grad_cam', options: { layer: idOf(detail), upsample: kind === 'gradcam_upsampled' } };
  }
  if (kind !== 'integrated_gradients') return null;
  const [rule = '', baseline] = detail.split('_');
  const [, steps] = /(\d+) steps/.exec(definitions['integrated_gradients/<rule>_<baseline>'] ?? '') ?? [];
  const options = { rule, steps: Number(steps), baseline: baseline === 'zero' ? 0 : constant };
  return { method: 'integrated_gradients', options };
}

function proveMethod(network: GoldenNetwork, image: string, given: Interpretability, asked: Asked, at: string): void {
  const method = attributionMethods.find(({ id }) => id === asked.method);
  if (!method) throw new Error(`there is no method ${asked.method}`);
  const { options = {} } = asked;
  const input = 'input.y';
  const made = createAttribution(network.graph, { method, options, input, scores: network.logits, registry, library });
  if ('diagnostics' in made) throw new Error(made.diagnostics.map(formatDiagnostic).join('; '));
  const expected = network.tensor(at);
  eachImage(given, expected, (index, target, values) => {
    const found = attribute(made, network, image, index, target);
    if (found.shape.join() !== expected.shape.slice(1).join()) {
      throw new Error(
        `image ${index} gives [${found.shape.join(', ')}], expected [${expected.shape.slice(1).join(', ')}]`,
      );
    }
    requireClose(`image ${index}`, found.values, values, 1e-3);
  });
}

function attribute(driver: AttributionDriver, network: GoldenNetwork, image: string, index: number, target: number) {
  const { shape } = network.tensor(image);
  return driver.attribute(
    (name) => {
      const data = network.start[name];
      return data ? { shape: name === 'input.y' ? shape : [data.length], data: data as Float32Array } : null;
    },
    index,
    target,
  );
}

/** All scores of each image, or how much the target's score gains over an empty image. */
function proveScores(
  network: GoldenNetwork,
  image: string,
  given: Interpretability,
  at: string,
  what: 'all' | 'gain',
): void {
  const options = { mode: 'eval', retain: [network.logits], gradients: 'none', batch: 1 } as const;
  const plan = planOf(network.graph, options);
  const owned = Object.entries(network.start).filter(([name]) => !plan.feeds.includes(name));
  const { bound } = bind(plan, Object.fromEntries(owned));
  const { shape, data } = network.tensor(image);
  const count = numel(shape.slice(1));
  const scores = (pixels: ArrayLike<number>) => {
    bound.read('input.y').set(pixels);
    run(bound);
    return [...bound.read(network.logits)];
  };
  eachImage(given, network.tensor(at), (index, target, expected) => {
    const found = scores(data.subarray(index * count, (index + 1) * count));
    const gain = () => [(found[target] as number) - (scores(new Float32Array(count))[target] as number)];
    requireClose(`image ${index}`, what === 'all' ? found : gain(), expected, 1e-4, 1);
  });
}

function eachImage(
  { images, target_classes: targets }: Interpretability,
  expected: GoldenTensor,
  prove: (image: number, target: number, values: GoldenTensor['data']) => void,
): void {
  const count = expected.data.length / images.length;
  images.forEach((image, i) => {
    prove(image, targets[i] as number, expected.data.subarray(i * count, (i + 1) * count));
  });
}
