import { netBuilder } from './nets.mjs';

const [time, batch, input, hidden] = [32, 16, 64, 128];

function recurrent() {
  const net = netBuilder({ x: [time, batch, input] });
  net.add('lstm', { hidden_size: hidden });
  return net.done();
}

const flops = 2 * time * batch * 4 * hidden * (input + hidden);

/** @type {import('./nets.mjs').Workload} */
export const lstm128 = {
  id: 'W5',
  title: 'LSTM, T 32, 64→128, batch 16',
  cases: [
    { id: 'forward', kind: 'forward', net: recurrent(), flops },
    { id: 'forward + backward', kind: 'gradients', net: recurrent(), flops: 3 * flops },
  ],
};
