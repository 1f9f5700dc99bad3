// The stages that `check` and `test` have in common: everything that needs no browser.
import { programStage, tool, vitestStage } from './stages.mjs';

const projects = ['engine', 'cli', 'app', 'test'];

/** Generated files fresh → types → lint and format → dead code → unit and architecture tests. */
export function checkStages() {
  return [
    programStage('generated files', ['scripts/gen.mjs', '--check']),
    ...projects.map((name) =>
      programStage(`types (${name})`, [tool('typescript/bin/tsc'), '--noEmit', '-p', `tsconfig.${name}.json`]),
    ),
    programStage('lint and format', [tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']),
    programStage('dead code', [tool('knip/bin/knip.js'), '--treat-config-hints-as-errors']),
    // All cores: nothing else runs meanwhile.
    vitestStage('unit', 'unit', ['--maxWorkers=100%']),
  ];
}
