// One operator on random set-ups: program against reference, gradient against differences, explanations against elements.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Operator, Sample } from '../../src/operators/define-operator.ts';
import { createRandom } from '../../src/tensor/random.ts';
import { numel } from '../../src/tensor/shape.ts';
import { judgeGradients } from './gradient-judge.ts';
import { flattenPorts, type Numbers, referenceContext, referenceOutputs, runOperator } from './operator-harness.ts';
import { asRun, cotangentsOf, expectExplains, expectNear } from './operator-judgements.ts';
import { type DrawnSample, tryDraw } from './operator-samples.ts';
import { randomSetup } from './random-setups.ts';

export interface RandomJudgement {
  /** Set-ups that inference let through. */
  readonly setups: number;
  /** Elements of gradients judged, and passed over near kinks. */
  readonly elements: number;
  readonly passedOver: number;
}

/** More elements than this in all inputs or outputs take too long. */
const largest = 400;
const elementsPerPort = 8;

export function judgeRandomly(operator: Operator, run: { seed: number; numRuns: number }): RandomJudgement {
  let [setups, elements, passedOver] = [0, 0, 0];
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const fitting = drawFitting(g, operator);
      if (fitting === null) return;
      const { setup, drawn } = fitting;
      setups++;
      const cotangents = cotangentsOf(operator, drawn);
      const result = runOperator(operator, { ...drawn, attributes: setup.attributes ?? {}, cotangents });
      const ran = asRun(drawn, result);
      const truth = referenceOutputs(operator, drawn.attributes, drawn.inferred, ran);
      expectNear({ ...result.outputs, ...result.nextState }, truth, 1e-9);
      explains(operator, ran, truth);
      if (!Object.values(truth).every((values) => values.every(Number.isFinite))) return;
      const random = createRandom(3, operator.id);
      const judgement = judgeGradients(operator, ran, result, cotangents, elementsPerPort, random);
      if (judgement.fault !== null) expect.fail(judgement.fault);
      elements += judgement.judged;
      passedOver += judgement.passedOver;
    }),
    run,
  );
  return { setups, elements, passedOver };
}

/** Draws again where inference refuses, a few times. */
function drawFitting(g: fc.GeneratorValue, operator: Operator): { setup: Sample; drawn: DrawnSample } | null {
  for (let tries = 0; tries < 4; tries++) {
    const setup = randomSetup(g, operator);
    const drawn = tryDraw(operator, setup, 1);
    if ('inputs' in drawn && !isLarge(drawn)) return { setup, drawn };
  }
  return null;
}

function isLarge({ inputs, inferred }: DrawnSample): boolean {
  const count = (all: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
    Object.values(all).reduce((sum, { shape }) => sum + numel(shape), 0);
  return count(inputs) > largest || count(flattenPorts(inferred.outputs)) > largest;
}

function explains(operator: Operator, drawn: DrawnSample, truth: Readonly<Record<string, Float64Array>>): void {
  const context = referenceContext(operator, drawn.attributes, drawn.inferred, drawn);
  const known: Readonly<Record<string, Numbers>> = { ...drawn.saved, ...drawn.state, ...drawn.inputs };
  const random = createRandom(5, operator.id);
  for (const port of Object.keys(flattenPorts<object>(drawn.inferred.outputs))) {
    const y = truth[port] as Float64Array;
    for (let k = 0; k < Math.min(2, y.length); k++) {
      const index = random.integer(y.length);
      if (!Number.isFinite(y[index])) continue;
      const explained = operator.explain({ ...context, port, index } as Parameters<Operator['explain']>[0]);
      expectExplains(explained, known, y[index] as number);
    }
  }
}
