// Arithmetic as formulas and conditions write it: what their grammars share between a sum and an atom. What an atom is, and which
// signs multiply, is theirs.
//   sum  product { (+|-) product }    product  sign { (*|/) sign }    sign  [-] power    power  atom [ ^ sign ] (to the right)
import { type Span, type Token, TokenReader } from './tokens.ts';

export type ArithmeticNode<E, S extends string> = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'negate'; readonly operand: E }
    | { readonly kind: 'binary'; readonly sign: '+' | '-' | '^' | S; readonly left: E; readonly right: E }
  );

/** `S`: signs that multiply. */
export abstract class ArithmeticReader<
  E extends Span & { readonly kind: string },
  S extends string,
> extends TokenReader {
  protected abstract readonly products: readonly S[];
  /** The node as one of theirs. */
  protected abstract made(node: ArithmeticNode<E, S>): E;
  protected abstract atom(): E;

  protected sum(): E {
    return this.leftToRight(['+', '-'], () => this.leftToRight(this.products, () => this.signed()));
  }

  /** A number, whose token was stepped over. */
  protected number(token: Token): E {
    const value = Number(token.text);
    if (!Number.isFinite(value)) this.fail(token, `${token.text} is too large`);
    return this.made({ kind: 'number', value, from: token.from, to: token.to });
  }

  private leftToRight(signs: readonly ('+' | '-' | S)[], operand: () => E): E {
    let left = operand();
    for (;;) {
      const sign = signs.find((each) => this.take(each));
      if (sign === undefined) return left;
      const right = operand();
      left = this.made({ kind: 'binary', sign, left, right, from: left.from, to: right.to });
    }
  }

  private signed(): E {
    const start = this.peek();
    if (!this.take('-')) return this.power();
    return this.deeper(start, () => {
      const operand = this.signed();
      const span = { from: start.from, to: operand.to };
      // A number takes its sign in.
      return isNumber(operand)
        ? this.made({ kind: 'number', value: -operand.value, ...span })
        : this.made({ kind: 'negate', operand, ...span });
    });
  }

  private power(): E {
    const left = this.atom();
    const sign = this.peek();
    if (!this.take('^')) return left;
    const right = this.deeper(sign, () => this.signed());
    return this.made({ kind: 'binary', sign: '^', left, right, from: left.from, to: right.to });
  }
}

function isNumber(node: { readonly kind: string }): node is { readonly kind: 'number'; readonly value: number } {
  return node.kind === 'number';
}
