// Speed of matrix products and convolutions in Node, one thread: GF/s of the best of many short batches.
// `node bench/kernels.mjs [part of a name]`; `--fma` turns relaxed SIMD on in engines that hide it behind a flag.
import { setFlagsFromString } from 'node:v8';
import { runnerImport } from 'vite';

const fma = process.argv.includes('--fma');
if (fma) setFlagsFromString('--experimental-wasm-relaxed-simd');
const wanted = process.argv.slice(2).find((word) => !word.startsWith('--')) ?? '';

const { module } = await runnerImport(new URL('../src/kernels/library.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
const library = module.createKernelLibrary({ fma });

function gemm(m, n, k, kind) {
  const a = kind[0] === 'N' ? { row: k, column: 1 } : { row: 1, column: m };
  const b = kind[1] === 'N' ? { row: n, column: 1 } : { row: 1, column: k };
  const place = { offset: 0, batch: [] };
  return {
    name: `gemm ${kind} ${m}×${n}×${k}`,
    spec: { op: 'gemm', batch: [], m, n, k, a: { ...place, ...a }, b: { ...place, ...b }, epilogue: null },
    sizes: [m * k, k * n, m * n],
    flops: 2 * m * n * k,
  };
}

function conv(name, batch, inChannels, size, outChannels, kernel, padding, stride = 1) {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const geometry = {
    batch,
    inChannels,
    inSize: [size, size],
    outChannels,
    outSize: [out, out],
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [padding, padding, padding, padding],
    dilation: [1, 1],
    groups: 1,
  };
  const x = batch * inChannels * size * size;
  const w = outChannels * inChannels * kernel * kernel;
  const y = batch * outChannels * out * out;
  const sizes = { forward: [x, w, y], input_grad: [y, w, x], weight_grad: [x, y, w] };
  const algorithms = kernel === 3 && stride === 1 && inChannels >= 16 ? [undefined, 'winograd'] : [undefined];
  return algorithms.flatMap((algorithm) =>
    Object.entries(sizes).map(([direction, list]) => ({
      name: `conv ${name} ${direction}${algorithm ? ` by ${algorithm}` : ''}`,
      spec: { op: 'conv2d', direction, geometry, epilogue: null, ...(algorithm ? { algorithm } : {}) },
      sizes: list,
      flops: 2 * y * inChannels * kernel * kernel,
    })),
  );
}

const cases = [
  gemm(256, 256, 256, 'NN'),
  gemm(512, 512, 512, 'NN'),
  gemm(512, 512, 512, 'NT'),
  gemm(512, 512, 512, 'TN'),
  gemm(32, 120, 400, 'NN'),
  gemm(32, 120, 400, 'NT'),
  gemm(32, 400, 120, 'NN'),
  gemm(120, 400, 32, 'TN'),
  gemm(16, 512, 128, 'NN'),
  gemm(16, 512, 128, 'NT'),
  gemm(64, 10, 84, 'NT'),
  gemm(1, 512, 512, 'NT'),
  ...conv('N32 C1 28² 5×5×6 pad 2', 32, 1, 28, 6, 5, 2),
  ...conv('N32 C6 14² 5×5×16', 32, 6, 14, 16, 5, 0),
  ...conv('N16 C16 32² 3×3', 16, 16, 32, 16, 3, 1),
  ...conv('N16 C16 32² 3×3×32 stride 2', 16, 16, 32, 32, 3, 1, 2),
  ...conv('N16 C32 16² 3×3', 16, 32, 16, 32, 3, 1),
  ...conv('N16 C64 8² 3×3', 16, 64, 8, 64, 3, 1),
  ...conv('N1 C64 56² 3×3', 1, 64, 56, 64, 3, 1),
];

/** A case with its own memory and numbers, ready to be timed; milliseconds a call. */
function prepare({ name, spec, sizes, flops }) {
  const addresses = [];
  let end = 0;
  for (const bytes of [...sizes.map((count) => count * 4), library.workspaceBytes(spec)]) {
    addresses.push(end);
    end += Math.ceil((bytes + 64) / 64) * 64;
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) + 1 });
  new Float32Array(memory.buffer).forEach((_, i, all) => {
    all[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  });
  const [run] = library.bind([spec], memory, 'fast');
  const extent = library.extent(spec);
  const time = (rounds) => {
    const start = performance.now();
    for (let i = 0; i < rounds; i++) run(...addresses, 0, extent);
    return (performance.now() - start) / rounds;
  };
  const warm = performance.now();
  while (performance.now() - warm < 150) time(1);
  return { name, flops, time, rounds: Math.max(1, Math.ceil(1 / time(3))), best: Number.POSITIVE_INFINITY };
}

// Round and round, so that a busy moment of the machine does not hit one case alone.
const prepared = cases.filter(({ name }) => name.includes(wanted)).map(prepare);
for (let pass = 0; pass < 300; pass++) {
  for (const item of prepared) item.best = Math.min(item.best, item.time(item.rounds));
}
for (const { name, flops, best } of prepared) {
  console.log(`${name.padEnd(56)} ${(flops / best / 1e6).toFixed(1).padStart(6)} GF/s  ${best.toFixed(4)} ms`);
}
