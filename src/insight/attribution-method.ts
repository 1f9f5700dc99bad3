// The contract of an attribution method: how much each element of an input, or of a hidden layer, matters to one score. One
// method a file; which gradient is taken and what is made of it. Compiling, seeding and running are the driver's.
import type { z } from 'zod';
import type { GradientRules } from '../compiler/differentiate.ts';
import type { Shape } from '../tensor/shape.ts';

/** Numbers of one example, without the dimension of the batch. */
export interface ExampleValue {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface GradientRun {
  /** The input that is asked about. */
  readonly input: ExampleValue;
  /** Where the gradient is taken: the input itself, or the layer that was chosen, as computed last. */
  readonly target: ExampleValue;
  /** ∂score/∂target at an input of the same shape, in one forward and one backward pass. Overwritten by the next call. */
  gradientAt(input: Float32Array): ExampleValue;
}

export interface Attributed {
  /** Of one example: `[C, H, W]` for each element, `[H, W]` for a map. */
  readonly shape: Shape;
  readonly values: Float32Array<ArrayBuffer>;
}

export interface AttributionMethodDefinition<S extends z.ZodObject> {
  readonly id: string;
  readonly title: string;
  /** One sentence for the page's help. */
  readonly summary: string;
  /** LaTeX; s is the score, x the input. */
  readonly formula: string;
  readonly source: string;
  readonly options: S;
  /** `layer`: of a hidden layer, which the option `layer` names (the last feature map by default). */
  readonly target: 'input' | 'layer';
  /** Asks for gradients at other inputs too: what is asked about must be fed, not computed. */
  readonly moves?: true;
  /** The values may be negative: a diverging colour scale fits. */
  readonly signed: boolean;
  /** Gradients that take the place of operators' own while this is computed. */
  readonly rules?: GradientRules;
  attribute(run: GradientRun, options: z.output<S>): Attributed;
}

/** A method as the driver and lists see it. */
export type AttributionMethod = AttributionMethodDefinition<z.ZodObject>;

/** Checks the record against its own options and forgets the details, so that all methods fit one list. */
export function defineAttribution<S extends z.ZodObject>(
  definition: AttributionMethodDefinition<S>,
): AttributionMethod {
  return definition as unknown as AttributionMethod;
}

/** A copy of the gradient at the input itself. */
export function plainGradient({ input, gradientAt }: GradientRun): Attributed {
  const { shape, data } = gradientAt(input.data);
  return { shape, values: Float32Array.from(data) };
}
