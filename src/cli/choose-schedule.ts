// `--schedule KIND[:OPTION=VALUE,…]`: a schedule in place of the graph's own, its options under their names in the graph file.
import { type ScheduleChoice, scheduleFaults } from '../index.ts';
import { CommandFailure } from './failure.ts';

/** Values are JSON (`0.5`, `true`, `[2,6]`); anything else is a text. Throws a usage failure. */
export function chooseSchedule(text: string): ScheduleChoice {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  // Commas inside a list do not part options.
  const parts = colon < 0 ? [] : text.slice(colon + 1).split(/,(?![^[]*\])/);
  const options = parts.map((part): [string, unknown] => {
    const equals = part.indexOf('=');
    if (equals < 1) throw new CommandFailure(`--schedule ${kind} takes OPTION=VALUE, not \`${part}\``, 2);
    return [part.slice(0, equals).trim(), readValue(part.slice(equals + 1).trim())];
  });
  const choice = { ...Object.fromEntries(options), kind };
  const [fault] = scheduleFaults(choice);
  if (fault) throw new CommandFailure(`--schedule: ${fault.message}`, 2);
  return choice;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
