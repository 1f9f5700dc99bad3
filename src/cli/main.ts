// chainrule: the command line. One command a file; this one picks it, catches failures and gives the exit code.
import { assertCommand } from './commands/assert.ts';
import { check } from './commands/check.ts';
import { debug } from './commands/debug.ts';
import { exportModel } from './commands/export.ts';
import { importModel } from './commands/import.ts';
import { plan } from './commands/plan.ts';
import { run } from './commands/run.ts';
import { train } from './commands/train.ts';
import { CommandFailure, type ExitCode } from './failure.ts';
import { type Command, type Io, parseOptions, usage } from './options.ts';

export const commands: readonly Command[] = [run, plan, train, debug, assertCommand, check, exportModel, importModel];

function help(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'usage: chainrule <command> GRAPH [options]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'chainrule <command> --help lists the options of a command.',
  ].join('\n');
}

/** Exit codes: 0 well, 1 the graph or a check is wrong, 2 usage, 3 stopped. */
export async function main(args: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      (name === undefined ? io.err : io.out)(`${help()}\n`);
      return name === undefined ? 2 : 0;
    }
    const command = commands.find((candidate) => candidate.name === name);
    if (!command) throw new CommandFailure(`there is no command \`${name}\`\n${help()}`, 2);
    if (rest.includes('--help') || rest.includes('-h')) {
      io.out(`${command.summary}\n\n${usage(command)}\n`);
      return 0;
    }
    const { graph, options } = parseOptions(command, rest);
    await command.run(graph, options, io);
    return 0;
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    for (const line of message.split('\n')) io.err(`${line}\n`);
    return fault instanceof CommandFailure ? fault.code : 1;
  }
}

function processIo(): Io {
  const { stdout, stderr } = process;
  // A reader that has heard enough (`| head`) closes the pipe: that is no fault of the command.
  for (const stream of [stdout, stderr])
    stream.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EPIPE') throw fault;
    });
  return {
    out: (text) => void (stdout.writable && stdout.write(text)),
    err: (text) => void (stderr.writable && stderr.write(text)),
    columns: stdout.isTTY ? stdout.columns : null,
    closed: () => stdout.errored !== null || !stdout.writable,
  };
}
