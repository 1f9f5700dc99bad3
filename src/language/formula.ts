// Formulas: `q = x + y; f = q * z`, statements split by `;` or line ends. Text → data with places; never evaluated here. What
// functions exist is the graph's matter (graph/formula.ts). A faulty statement is reported and the next one is read.
//   statement  name = sum (arithmetic-reader.ts)      atom  number | name | name(sum, …) | (sum)
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { type ArithmeticNode, ArithmeticReader } from './arithmetic-reader.ts';
import { identifierFault } from './identifier.ts';
import { createTokenizer, pointAt, type Span, SyntaxFault, shown, type Token } from './tokens.ts';

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
const tokenize = createTokenizer({
  name: '[A-Za-z_][A-Za-z0-9_]*',
  sign: '\\*\\*|[-+*/^()=,·×−÷]',
  separator: '[;\\n]',
  spellings: { '**': '^', '·': '*', '×': '*', '−': '-', '÷': '/' },
});

/** Statements in their order. What cannot be read is diagnosed with its place; reading goes on behind the next separator. */
export function parseFormulas(text: string): ParsedFormulas {
  const statements: FormulaStatement[] = [];
  const diagnostics: Diagnostic[] = [];
  const tokens = tokenize(text);
  const parser = new Parser(tokens);
  while (!parser.atEnd()) {
    if (parser.skipSeparator()) continue;
    if (statements.length >= mostStatements) {
      diagnostics.push(
        formulaError(text, parser.peek(), `more than ${mostStatements} statements; the rest is left out`),
      );
      break;
    }
    try {
      statements.push(parser.statement());
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      diagnostics.push(formulaError(text, fault.span, fault.message));
      parser.skipStatement();
    }
  }
  return { statements, diagnostics };
}

/** A fault of a formula, with its line, its column and a caret under the place. */
export function formulaError(text: string, span: Span, message: string): Diagnostic {
  const { line, column, picture } = pointAt(text, span);
  return error('E_FORMULA', `line ${line}, column ${column}: ${message}`, { line, column }, { hint: `\n${picture}` });
}

class Parser extends ArithmeticReader<FormulaExpression, '*' | '/'> {
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

  protected override readonly products = ['*', '/'] as const;

  protected override made(node: ArithmeticNode<FormulaExpression, '*' | '/'>): FormulaExpression {
    return node;
  }

  protected override atom(): FormulaExpression {
    const token = this.next();
    if (token.kind === 'number') return this.number(token);
    const span = { from: token.from, to: token.to };
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
}
