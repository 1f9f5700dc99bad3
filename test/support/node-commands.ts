// What tests in a page may ask of Node.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import type { BrowserCommand } from 'vitest/node';
import type { Fingerprint, StrictNetwork } from './strict-training.ts';

type TrainInNode = BrowserCommand<[network: StrictNetwork, iterations: number, every: number]>;

const strictTraining: TrainInNode = async (_context, network, iterations, every): Promise<Fingerprint[]> => {
  const path = fileURLToPath(new URL('./strict-training.ts', import.meta.url));
  const { module } = await runnerImport<typeof import('./strict-training.ts')>(path, {
    configFile: false,
    logLevel: 'error',
  });
  return module.strictTraining(network, iterations, every);
};

export const nodeCommands = { strictTraining };

declare module 'vitest/browser' {
  interface BrowserCommands {
    strictTraining(network: StrictNetwork, iterations: number, every: number): Promise<Fingerprint[]>;
  }
}
