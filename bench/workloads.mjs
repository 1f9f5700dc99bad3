// The workloads of bench/workloads on this engine; with --peers side by side with the others that bench/engines can drive, with
// --engines with some of them, or with this one under other options (`ours?off=winograd&tile=4x8&fma=0`): interleaved A B A B,
// medians and ratios. Who does not compute the same as this engine is not timed.
// `npm run bench -- [--peers | --engines A,B] [--node] [--chromium] [--rounds N] [--json FILE] [part of a case's name]`
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bundle } from './lib/bundle.mjs';
import { median, quantile } from './lib/measure.mjs';
import { installPeers, peers } from './lib/peers.mjs';
import { difference } from './lib/results.mjs';
import { chromiumRunner, nodeRunner } from './lib/runners.mjs';
import { workloads } from './workloads/workloads.mjs';

const words = process.argv.slice(2);
const value = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const flag = (name) => words.includes(name);
const json = value('--json');
const rounds = Number(value('--rounds') ?? 11);
const wanted = words.filter(
  (word, i) => !word.startsWith('--') && !['--json', '--rounds', '--engines'].includes(words[i - 1]),
);
const engines = value('--engines')?.split(',') ?? (flag('--peers') ? peers : []);
if (engines.some((engine) => peers.includes(engine.split('?')[0]))) await installPeers();

await bundle([...new Set(['ours', ...engines.map((engine) => engine.split('?')[0])])]);
const kinds = [
  ...(flag('--chromium') && !flag('--node') ? [] : [nodeRunner]),
  ...(flag('--node') && !flag('--chromium') ? [] : [chromiumRunner]),
];
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; one thread each; milliseconds: median | best | of a processor`,
);

for (const kind of kinds) {
  const runner = await kind();
  console.log(`\n${runner.name}`);
  for (const workload of workloads) {
    for (const { id } of workload.cases) {
      const name = `${workload.id} ${id}`;
      if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
      await compare(runner, workload, name);
    }
  }
  await runner.close();
}

async function compare(runner, workload, name) {
  const subjects = [];
  for (const engine of ['ours', ...engines]) {
    const subject = await runner.start();
    const [adapter, options] = engine.split('?');
    const opened = await subject.open(adapter, name, Object.fromEntries(new URLSearchParams(options)));
    subjects.push({ engine, subject, ...opened, times: [], cpuTimes: [], best: Number.POSITIVE_INFINITY });
  }
  const [reference] = subjects;
  for (const entry of subjects) {
    if (entry.refused !== undefined || reference.refused !== undefined) continue;
    entry.refused = difference(reference.results, entry.results);
  }
  const running = subjects.filter(({ refused }) => refused === undefined);
  for (let round = 0; round < rounds; round++) {
    for (const entry of running) {
      // Who takes so long is far behind; a few rounds tell as much.
      if (round >= 3 && entry.best > 300) continue;
      const { times, cpuMs } = await entry.subject.measure(150);
      if (cpuMs !== undefined) entry.cpuTimes.push(cpuMs);
      // The faster half of a slot: the rest tells of other programs on the machine.
      entry.times.push(quantile(times, 0.25));
      entry.best = Math.min(entry.best, quantile(times, 0));
    }
  }
  const ours = running.find(({ engine }) => engine === 'ours');
  const { flops } = workload.cases.find(({ id }) => name === `${workload.id} ${id}`);
  const cells = subjects.map((entry) => {
    const { engine, times, cpuTimes, best, refused, version } = entry;
    const line = { runner: runner.name, case: name, engine, version, refused };
    if (refused === undefined) {
      line.ms = round3(median(times));
      line.bestMs = round3(best);
      if (cpuTimes.length > 0) line.cpuMs = round3(median(cpuTimes));
      line.gflops = round3(flops / best / 1e6);
      // Each round's own ratio: what slows the machine down for a while slows both.
      if (ours && engine !== 'ours') {
        line.ratio = round3(median(times.map((time, i) => time / ours.times[i])));
        line.bestRatio = round3(best / ours.best);
        if (line.cpuMs !== undefined) line.cpuRatio = round3(line.cpuMs / median(ours.cpuTimes));
      }
    }
    if (json !== undefined) appendFileSync(json, `${JSON.stringify(line)}\n`);
    if (refused !== undefined) return `${engine} – (${refused.slice(0, 60)})`;
    const shown = `${engine} ${[line.ms, line.bestMs, line.cpuMs].join(' | ')}`;
    if (line.ratio === undefined) return `${shown} (${line.gflops.toFixed(1)} GF/s)`;
    return `${shown} (×${[line.ratio, line.bestRatio, line.cpuRatio].map((x) => x?.toFixed(2)).join(' | ')})`;
  });
  console.log(`${`${workload.title}: ${name}`.padEnd(58)} ${cells.join('   ')}`);
  for (const { subject } of subjects) await subject.close();
}

function round3(x) {
  return Number(x.toPrecision(4));
}
