// Formulas: `q = x + y; f = q * z`, statements split by `;` or line ends. Text → data with places; never evaluated here. What
// functions exist is the graph's matter (graph/formula.ts). A faulty statement is reported and the next one is read.
//   statement  name = sum        sum  product { (+|-) product }       product  sign { (*|/) sign }
//   sign  [-] power              power  atom [ ^ sign ] (to the right)   atom  number | name | name(sum, …) | (sum)
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { identifierFault } from './identifier.ts';

/** Offsets into the text, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type BinarySign = '+' | '-' | '*' | '/' | '^';

export type FormulaExpression =
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'name'; readonly name: string })
  | (Span & { readonly kind: 'negate'; readonly operand: FormulaExpression })
  | (Span & {
      readonly kind: 'binary';
      readonly sign: BinarySign;
      readonly left: FormulaExpression;
      readonly right: FormulaExpression;
    })
  | (Span & { readonly kind: 'call'; readonly name: string; readonly arguments: readonly FormulaExpression[] });

export interface FormulaStatement extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  readonly expression: FormulaExpression;
}

export interface ParsedFormulas {
  readonly statements: readonly FormulaStatement[];
  readonly diagnostics: readonly Diagnostic[];
}

const mostStatements = 2000;
/** Brackets, signs and powers within one another. */
const deepest = 200;

/** Signs that people paste, and how they are read. */
const spellings: Readonly<Record<string, string>> = { '**': '^', '·': '*', '×': '*', '−': '-', '÷': '/' };

export function parseFormulas(text: string): ParsedFormulas {
  const statements: FormulaStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  const tokens = tokenize(text);
  const parser = new Parser(tokens);
  while (!parser.atEnd()) {
    if (parser.skipSeparator()) continue;
    if (statements.length >= mostStatements) {
      diagnostics.push(
        formulaError(text, parser.span(), `more than ${mostStatements} statements; the rest is left out`),
      );
      break;
    }
    try {
      statements.push(parser.statement());
    } catch (fault) {
      if (!(fault instanceof FormulaFault)) throw fault;
      diagnostics.push(formulaError(text, fault.span, fault.message));
      parser.skipStatement();
    }
  }
  return { statements, diagnostics };
}

/** A fault of a formula, with its line, its column and a caret under the place. */
export function formulaError(text: string, span: Span, message: string): Diagnostic {
  const start = text.lastIndexOf('\n', span.from - 1) + 1;
  const end = text.indexOf('\n', span.from);
  const line = text.slice(0, span.from).split('\n').length;
  const column = span.from - start + 1;
  const shown = text.slice(start, end < 0 ? undefined : end);
  const marks = '^'.repeat(Math.max(1, Math.min(span.to, start + shown.length) - span.from));
  const hint = `\n${shown}\n${' '.repeat(column - 1)}${marks}`;
  return error('E_FORMULA', `line ${line}, column ${column}: ${message}`, { line, column }, { hint });
}

class FormulaFault extends Error {
  readonly span: Span;
  constructor(span: Span, message: string) {
    super(message);
    this.span = span;
  }
}

interface Token extends Span {
  readonly kind: 'number' | 'name' | 'sign' | 'separator' | 'other' | 'end';
  readonly text: string;
}

function tokenize(text: string): readonly Token[] {
  const pattern =
    /[ \t\r]+|#[^\n]*|((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\*\*|[-+*/^()=,·×−÷])|([;\n])|(.)/gsu;
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, number, name, sign, separator, other] = match;
    const span = { from: match.index, to: match.index + whole.length };
    if (number !== undefined) tokens.push({ kind: 'number', text: number, ...span });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, ...span });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: spellings[sign] ?? sign, ...span });
    else if (separator !== undefined) tokens.push({ kind: 'separator', text: separator, ...span });
    else if (other !== undefined) tokens.push({ kind: 'other', text: other, ...span });
  }
  tokens.push({ kind: 'end', text: '', from: text.length, to: text.length });
  return tokens;
}

class Parser {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  span(): Span {
    return this.peek();
  }

  skipSeparator(): boolean {
    if (this.peek().kind !== 'separator') return false;
    this.at++;
    return true;
  }

  /** To the next separator, after a fault. */
  skipStatement(): void {
    this.depth = 0;
    while (!this.atEnd() && this.peek().kind !== 'separator') this.at++;
  }

  statement(): FormulaStatement {
    const target = this.next();
    if (target.kind !== 'name') this.fail(target, `expected a name and \`=\`, found ${shown(target)}`);
    const fault = identifierFault(target.text);
    if (fault !== undefined) this.fail(target, `\`${target.text}\` ${fault}`);
    if (!this.take('=')) this.fail(this.peek(), `expected \`=\` after \`${target.text}\`, found ${shown(this.peek())}`);
    const expression = this.sum();
    const rest = this.peek();
    if (rest.kind !== 'separator' && rest.kind !== 'end') this.fail(rest, `unexpected ${shown(rest)}`);
    const nameSpan = { from: target.from, to: target.to };
    return { name: target.text, nameSpan, expression, from: target.from, to: expression.to };
  }

  private sum(): FormulaExpression {
    return this.leftToRight(['+', '-'], () => this.leftToRight(['*', '/'], () => this.signed()));
  }

  private leftToRight(signs: readonly BinarySign[], operand: () => FormulaExpression): FormulaExpression {
    let left = operand();
    for (;;) {
      const sign = signs.find((each) => this.take(each));
      if (sign === undefined) return left;
      const right = operand();
      left = { kind: 'binary', sign, left, right, from: left.from, to: right.to };
    }
  }

  private signed(): FormulaExpression {
    const start = this.peek();
    if (!this.take('-')) return this.power();
    return this.deeper(start, () => {
      const operand = this.signed();
      const span = { from: start.from, to: operand.to };
      return operand.kind === 'number'
        ? { ...operand, ...span, value: -operand.value }
        : { kind: 'negate', operand, ...span };
    });
  }

  private power(): FormulaExpression {
    const left = this.atom();
    const sign = this.peek();
    if (!this.take('^')) return left;
    const right = this.deeper(sign, () => this.signed());
    return { kind: 'binary', sign: '^', left, right, from: left.from, to: right.to };
  }

  private atom(): FormulaExpression {
    const token = this.next();
    const span = { from: token.from, to: token.to };
    if (token.kind === 'number') {
      const value = Number(token.text);
      if (!Number.isFinite(value)) this.fail(token, `${token.text} is too large`);
      return { kind: 'number', value, ...span };
    }
    if (token.kind === 'name')
      return this.peek().text === '(' ? this.call(token) : { kind: 'name', name: token.text, ...span };
    if (token.text !== '(') this.fail(token, `expected a value, found ${shown(token)}`);
    return this.deeper(token, () => {
      const inner = this.sum();
      return { ...inner, from: token.from, to: this.close(token) };
    });
  }

  private call(name: Token): FormulaExpression {
    const open = this.next();
    return this.deeper(open, () => {
      const given: FormulaExpression[] = [];
      if (this.peek().text !== ')') {
        do given.push(this.sum());
        while (this.take(','));
      }
      return { kind: 'call', name: name.text, arguments: given, from: name.from, to: this.close(open) };
    });
  }

  /** Steps over the closing bracket. @returns where it ends */
  private close(open: Token): number {
    const token = this.peek();
    if (!this.take(')'))
      this.fail(token, `expected \`)\` to close the bracket at column ${open.from + 1}, found ${shown(token)}`);
    return token.to;
  }

  private deeper<T>(token: Token, read: () => T): T {
    if (++this.depth > deepest) this.fail(token, `more than ${deepest} levels of brackets`);
    const result = read();
    this.depth--;
    return result;
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  /** Separators stay, so that the next statement is found after a fault. */
  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end' && token.kind !== 'separator') this.at++;
    return token;
  }

  private take(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'sign' || token.text !== text) return false;
    this.at++;
    return true;
  }

  private fail(span: Span, message: string): never {
    throw new FormulaFault(span, message);
  }
}

function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  if (token.text === '\n') return 'the end of the line';
  return `\`${token.text}\``;
}
