// Small pieces of explanations: numbers in words, and the commonest forms.
import type { Explanation, Factor, Term } from '../../program/explanation.ts';
import { formatExact } from '../../tensor/number-text.ts';

/** As the page writes what it holds in float32, so that a sentence and the number beside it agree: `0.33333334`, `−2`, `1.5e−9`. */
export function say(x: number): string {
  return formatExact(x);
}

/** The factor at `index` of a port's tensor. */
export function factorOf(port: string, tensor: { readonly data: ArrayLike<number> }, index: number): Factor {
  return { port, index, value: tensor.data[index] as number };
}

/** The element is a function of a few factors: `exp(0.5) = 1.64872`. */
export function explainFunction(factors: readonly Factor[], result: number, text: string): Explanation {
  return { by: 'function', terms: [{ value: result, factors }], result, text: `${text} = ${say(result)}` };
}

/** The element is a copy of another. */
export function explainCopy(factor: Factor): Explanation {
  const { port, index, value } = factor;
  return {
    by: 'function',
    terms: [{ value, factors: [factor] }],
    result: value,
    text: `${port}[${index}] = ${say(value)}`,
  };
}

/** The element is a sum of terms: `Σ x² = 5`. */
export function explainSum(terms: readonly Term[], text: string): Explanation {
  const result = terms.reduce((sum, term) => sum + term.value, 0);
  return { by: 'sum', terms, result, text: `${text} = ${say(result)}` };
}
