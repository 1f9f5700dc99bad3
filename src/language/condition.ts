// Conditions: what breakpoints, watches, log points and assertions ask of the values of a graph. Text → data with places; what the
// names stand for and what shapes they have is the debugger's matter (debugger/conditions/conditions.ts).
//   or    and { (or | ||) and }        and   not { (and | &&) not }          not    (not | !) not | compare
//   compare  sum [ (< <= > >= == !=) sum ], sums (arithmetic-reader.ts) also with %
//   atom  number | value [ "[" i, … "]" ] | f(or) | (or)
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { type ArithmeticNode, ArithmeticReader } from './arithmetic-reader.ts';
import { identifierFault } from './identifier.ts';
import { meant } from './nearest.ts';
import { createTokenizer, pointAt, type Span, SyntaxFault, shown, type Token } from './tokens.ts';
import { parseValueName } from './value-name.ts';

/** Tensor in, tensor out: isnan, isinf, isfinite answer 1 or 0. */
export const elementwiseFunctions = ['abs', 'isnan', 'isinf', 'isfinite', 'sqrt', 'exp', 'log', 'sign'] as const;
/** Tensor in, number out: norm is √Σx², std divides by n, count counts what is not 0, absmax is max |x|. */
export const reductions = ['any', 'all', 'sum', 'mean', 'min', 'max', 'norm', 'std', 'count', 'absmax'] as const;
/** What a bare name may be besides a port or a node. */
export const quantities = ['loss', 'iteration', 'epoch', 'lr'] as const;
/** What may stand around a name; `slot` takes the slot's name, too. */
export const valueForms = ['grad', 'update', 'next', 'slot'] as const;

export type Elementwise = (typeof elementwiseFunctions)[number];
export type Reduction = (typeof reductions)[number];
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';
export type Logical = 'and' | 'or';
export type ConditionSign = Arithmetic | Comparison | Logical;

/**
 * A name as it stands in the text. With a node it is a value name (`conv1.y`); without one a port of the node that the condition
 * belongs to, a quantity, or a node whose `y` is meant, in that order.
 */
export interface ConditionName {
  readonly form: 'value' | (typeof valueForms)[number];
  readonly node?: string;
  /** Port, or the bare name. */
  readonly name: string;
  /** Of the form `slot`. */
  readonly slot?: string;
}

export type Condition =
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & {
      readonly kind: 'value';
      readonly name: ConditionName;
      /** One number a dimension, negative from the end. */
      readonly index?: readonly number[];
    })
  | (Span & { readonly kind: 'negate' | 'not'; readonly operand: Condition })
  | (Span & {
      readonly kind: 'binary';
      readonly sign: ConditionSign;
      readonly left: Condition;
      readonly right: Condition;
    })
  | (Span & { readonly kind: 'call'; readonly function: Elementwise | Reduction; readonly operand: Condition });

/** What is wrong with a text, and where in it. */
export interface TextFault {
  readonly span: Span;
  readonly message: string;
}

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly fault: TextFault };

/** Longer texts are refused. */
const mostCharacters = 2000;

const id = '[A-Za-z_][A-Za-z0-9_]*';
const step = `${id}(?:\\[[0-9]+\\])?`;

const tokenize = createTokenizer({
  // A path only with its port, so that `y / x` and `y[3]` of bare names stay a quotient and an element.
  name: `${step}(?:/${step})*\\.${id}|${id}`,
  sign: '\\*\\*|&&|\\|\\||[<>=!]=|<>|[-+*/%^(),<>!\\[\\]=&|·×−÷≤≥≠∧∨¬]',
  spellings: {
    '**': '^',
    '·': '*',
    '×': '*',
    '−': '-',
    '÷': '/',
    '≤': '<=',
    '≥': '>=',
    '≠': '!=',
    '<>': '!=',
    '&&': 'and',
    '||': 'or',
    '∧': 'and',
    '∨': 'or',
    '¬': '!',
  },
});

/** The words and signs of a text, whether or not it is a condition. */
export function conditionTokens(text: string): readonly Token[] {
  return tokenize(text);
}

/** Never throws. */
export function parseCondition(text: string): ParsedCondition {
  if (text.length > mostCharacters)
    return { ok: false, fault: { span: { from: mostCharacters, to: text.length }, message: 'the text is too long' } };
  const parser = new Parser(tokenize(text));
  try {
    return { ok: true, condition: parser.whole() };
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault;
    return { ok: false, fault: { span: fault.span, message: fault.message } };
  }
}

/** A fault with its column and a caret under the place. */
export function conditionError(text: string, { span, message }: TextFault): Diagnostic {
  const { line, column, picture } = pointAt(text, span);
  return error('E_CONDITION', `column ${column}: ${message}`, { line, column }, { hint: `\n${picture}` });
}

const comparisons: readonly Comparison[] = ['<=', '>=', '==', '!=', '<', '>'];

class Parser extends ArithmeticReader<Condition, '*' | '/' | '%'> {
  whole(): Condition {
    const condition = this.or();
    const rest = this.peek();
    if (rest.kind === 'end') return condition;
    if (rest.text === '=') this.fail(rest, 'one `=` assigns; to compare write `==`');
    if (rest.text === '&' || rest.text === '|') this.fail(rest, `write \`${rest.text}${rest.text}\``);
    return this.fail(rest, `unexpected ${shown(rest)}`);
  }

  /** Without its column: conditions stand inside longer texts. */
  protected override bracket({ text }: Token): string {
    return `\`${text}\``;
  }

  private or(): Condition {
    return this.joined('or', () => this.joined('and', () => this.not()));
  }

  private joined(word: Logical, operand: () => Condition): Condition {
    let left = operand();
    while (this.takeWord(word)) {
      const right = operand();
      left = { kind: 'binary', sign: word, left, right, from: left.from, to: right.to };
    }
    return left;
  }

  private not(): Condition {
    const start = this.peek();
    if (!this.takeWord('not') && !this.take('!')) return this.compare();
    return this.deeper(start, () => {
      const operand = this.not();
      return { kind: 'not', operand, from: start.from, to: operand.to };
    });
  }

  private compare(): Condition {
    const left = this.sum();
    const sign = comparisons.find((each) => this.take(each));
    if (sign === undefined) return left;
    const right = this.sum();
    const another = this.peek();
    if (another.kind === 'sign' && comparisons.some((each) => each === another.text))
      this.fail(another, 'comparisons do not chain: write `a < b and b < c`');
    return { kind: 'binary', sign, left, right, from: left.from, to: right.to };
  }

  protected override readonly products = ['*', '/', '%'] as const;

  protected override made(node: ArithmeticNode<Condition, '*' | '/' | '%'>): Condition {
    return node;
  }

  protected override atom(): Condition {
    const token = this.next();
    if (token.kind === 'number') return this.number(token);
    const span = { from: token.from, to: token.to };
    if (token.text === 'not' || token.text === '!') this.fail(token, 'put brackets around `not …`');
    if (token.kind === 'name' && token.text !== 'and' && token.text !== 'or') {
      if (this.peek().text !== '(') return this.indexed(this.named(token, 'value'), span);
      return token.text.includes('.') ? this.fail(token, `\`${token.text}\` is no function`) : this.call(token);
    }
    if (token.text !== '(') this.fail(token, `expected a value, found ${shown(token)}`);
    return this.deeper(token, () => {
      const inner = this.or();
      return { ...inner, from: token.from, to: this.close(token) };
    });
  }

  private call(word: Token): Condition {
    const open = this.next();
    const form = valueForms.find((each) => each === word.text);
    if (form !== undefined) {
      const name = this.formed(form, open);
      return this.indexed(name.name, { from: word.from, to: name.to });
    }
    const called =
      elementwiseFunctions.find((each) => each === word.text) ?? reductions.find((each) => each === word.text);
    if (called === undefined) {
      const known = [...reductions, ...elementwiseFunctions];
      const near = meant(word.text, [...known, ...valueForms]);
      this.fail(word, `there is no function \`${word.text}\`${near || `, only ${known.join(', ')}`}`);
    }
    return this.deeper(open, () => {
      if (this.peek().text === ')') this.fail(this.peek(), `\`${called}\` takes a value`);
      const operand = this.or();
      if (this.peek().text === ',') this.fail(this.peek(), `\`${called}\` takes one value`);
      return { kind: 'call', function: called, operand, from: word.from, to: this.close(open) };
    });
  }

  /** After `grad(`. */
  private formed(form: (typeof valueForms)[number], open: Token): { name: ConditionName; to: number } {
    const inner = this.next();
    if (inner.kind !== 'name') this.fail(inner, `expected the name of a value, found ${shown(inner)}`);
    const name = this.named(inner, form);
    if (form !== 'slot') return { name, to: this.close(open) };
    if (!this.take(',')) this.fail(this.peek(), `expected \`,\` and the name of the slot, found ${shown(this.peek())}`);
    const slot = this.next();
    if (slot.kind !== 'name' || slot.text.includes('.'))
      this.fail(slot, `expected the name of a slot, found ${shown(slot)}`);
    return { name: { ...name, slot: slot.text }, to: this.close(open) };
  }

  private named(token: Token, form: ConditionName['form']): ConditionName {
    if (!token.text.includes('.')) {
      const fault = identifierFault(token.text);
      if (fault !== undefined) this.fail(token, `\`${token.text}\` ${fault}`);
      return { form, name: token.text };
    }
    const parsed = parseValueName(token.text);
    if (parsed.ok) return { form, node: parsed.value.node, name: parsed.value.port };
    const message = parsed.diagnostic.message.replace(/^`.*?`, column \d+: /, '');
    return this.fail({ from: token.from + parsed.column - 1, to: token.to }, message);
  }

  private indexed(name: ConditionName, span: Span): Condition {
    const open = this.peek();
    if (!this.take('[')) return { kind: 'value', name, ...span };
    const index: number[] = [];
    if (this.peek().text !== ']') {
      do index.push(this.coordinate());
      while (this.take(','));
    }
    return { kind: 'value', name, index, from: span.from, to: this.close(open, ']') };
  }

  private coordinate(): number {
    const negative = this.take('-');
    const token = this.next();
    if (token.kind !== 'number' || !/^[0-9]{1,9}$/.test(token.text))
      this.fail(token, `expected a whole number, found ${shown(token)}`);
    const value = Number(token.text);
    return negative && value !== 0 ? -value : value;
  }

  private takeWord(word: 'and' | 'or' | 'not'): boolean {
    const token = this.peek();
    if (token.text !== word || (token.kind !== 'name' && token.kind !== 'sign')) return false;
    this.next();
    return true;
  }
}
