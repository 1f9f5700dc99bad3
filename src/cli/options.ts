// Command lines: what each option is called and means stands with its command; parsing and complaints stand here.
import { parseArgs } from 'node:util';
import { CommandFailure } from './failure.ts';

export interface OptionSpec {
  readonly name: string;
  /** What stands for the value in help; none: a switch. */
  readonly value?: string;
  readonly help: string;
  readonly multiple?: true;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** `GRAPH` */
  readonly positional: string;
  /** What may follow it, any number of times: `'EXPRESSION' …`; none: nothing may. */
  readonly more?: string;
  readonly options: readonly OptionSpec[];
  run(graph: string, options: Options, io: Io): Promise<void>;
}

export interface Io {
  out(text: string): void;
  err(line: string): void;
  /** Width of the terminal that `out` writes to; null where it is none. */
  readonly columns: number | null;
  /** Nobody reads what `out` writes any more. */
  closed?(): boolean;
}

export interface Options {
  text(name: string): string | undefined;
  list(name: string): string[];
  /** Each as it was given, commas and all. */
  texts(name: string): string[];
  /** What follows the graph. */
  readonly more: readonly string[];
  flag(name: string): boolean;
  /** Throws a usage failure where the value is not a number in the range. */
  number(name: string, range: { readonly least: number; readonly whole: boolean }): number | undefined;
}

/** Options by the declaration of the command; what does not fit ends with usage and exit code 2. */
export function parseOptions(command: Command, args: readonly string[]): { graph: string; options: Options } {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        command.options.map((option) => [
          option.name,
          {
            type: option.value === undefined ? ('boolean' as const) : ('string' as const),
            multiple: option.multiple === true,
          },
        ]),
      ),
    });
  } catch (fault) {
    throw new CommandFailure(`${(fault as Error).message}\n${usage(command)}`, 2);
  }
  const [graph, ...more] = parsed.positionals;
  if (graph === undefined || (more.length > 0 && command.more === undefined))
    throw new CommandFailure(
      graph === undefined
        ? `chainrule ${command.name} needs a graph\n${usage(command)}`
        : `unexpected \`${more.join(' ')}\`\n${usage(command)}`,
      2,
    );
  const values = parsed.values as Record<string, string | boolean | string[] | undefined>;
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (name: string) => {
    const value = values[name];
    return Array.isArray(value) ? value : value === undefined ? [] : [String(value)];
  };
  return {
    graph,
    options: {
      text,
      texts,
      more,
      list: (name) => texts(name).flatMap(splitNames),
      flag: (name) => values[name] === true,
      number(name, { least, whole }) {
        const given = text(name);
        if (given === undefined) return undefined;
        const value = Number(given);
        if (given.trim() === '' || !Number.isFinite(value) || value < least || (whole && !Number.isInteger(value))) {
          throw new CommandFailure(
            `--${name} takes ${whole ? 'a whole number' : 'a number'} of at least ${least}, not \`${given}\``,
            2,
          );
        }
        return value;
      },
    },
  };
}

/** Splits at commas outside parentheses: `grad(a.y),slot(p.w, momentum)`. */
export function splitNames(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const letter of text) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += letter;
  }
  parts.push(part.trim());
  return parts.filter((each) => each !== '');
}

/** The help text: usage line, and a line for every option. */
export function usage(command: Command): string {
  const left = command.options.map(
    (option) => `  --${option.name}${option.value === undefined ? '' : ` ${option.value}`}`,
  );
  const width = Math.max(...left.map((each) => each.length)) + 2;
  return [
    `usage: chainrule ${command.name} ${command.positional}${command.more === undefined ? '' : ` ${command.more}`} [options]`,
    ...command.options.map((option, i) => `${(left[i] as string).padEnd(width)}${option.help}`),
  ].join('\n');
}
