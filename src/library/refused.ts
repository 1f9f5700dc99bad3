// How the inside of a library function gives up: caught by that function, which answers the diagnostics.
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';

export class Refused extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** Gives up with one error. */
export function refuse(code: `E_${string}`, message: string, hint?: string): never {
  throw new Refused([error(code, message, {}, hint === undefined ? {} : { hint })]);
}

/** Collects into `into`; gives up where there are errors. */
export function settle(found: readonly Diagnostic[], into: Diagnostic[]): void {
  if (hasErrors(found)) throw new Refused([...into, ...found]);
  into.push(...found);
}

/** What `act` answers, or `failed` of the diagnostics with which it gave up. */
export function unlessRefused<T>(act: () => T, failed: (diagnostics: readonly Diagnostic[]) => T): T {
  try {
    return act();
  } catch (fault) {
    if (fault instanceof Refused) return failed(fault.diagnostics);
    throw fault;
  }
}
