// How a command ends other than well: one readable line (or several) on stderr and an exit code.
import { type Diagnostic, formatDiagnostic } from '../index.ts';

/** 1: the graph or a check is wrong; 2: usage; 3: stopped by a breakpoint or a failed assertion. */
export type ExitCode = 0 | 1 | 2 | 3;

export class CommandFailure extends Error {
  readonly code: ExitCode;
  constructor(message: string, code: ExitCode = 1) {
    super(message);
    this.code = code;
  }
}

/** Options that mend what the library says. */
const options: Readonly<Record<string, string>> = {
  E_NOT_FED: 'give it with --feeds',
  E_SEED: 'name the value where the gradient starts with --seed-grad',
  E_NOT_KEPT: 'make the plan with it in --retain',
  E_NO_DATA: 'choose with --data SOURCE[=path]',
  E_ONNX_FIX: 'give its numbers with --feeds',
  E_ONNX_SHAPE: 'give its numbers with --feeds',
};

/** Prints warnings; throws when there are errors. `file` stands before each. */
export function settle(diagnostics: readonly Diagnostic[], write: (line: string) => void, file?: string): void {
  const line = (d: Diagnostic): string => {
    const hint = Object.hasOwn(options, d.code) ? options[d.code] : d.hint;
    return `${file === undefined ? '' : `${file}: `}${formatDiagnostic(hint === undefined ? d : { ...d, hint })}`;
  };
  const errors = diagnostics.filter((d) => d.severity === 'error');
  for (const d of diagnostics) if (d.severity === 'warning') write(line(d));
  if (errors.length > 0) throw new CommandFailure(errors.map(line).join('\n'));
}
