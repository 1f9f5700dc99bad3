// The golden optimisers as the training set-up names them: names and options of torch.optim.
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';

type Json = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, string>> = {
  SGD: 'sgd',
  Momentum: 'momentum',
  Nesterov: 'nesterov',
  AdaGrad: 'adagrad',
  RMSProp: 'rmsprop',
  Adam: 'adam',
  AdamW: 'adamw',
  Adadelta: 'adadelta',
  Adamax: 'adamax',
  NAdam: 'nadam',
  'L-BFGS': 'lbfgs',
};

/** `training.optimizer` for a golden optimiser; null where there is none of that name. */
export function optimizerChoice(name: string, hyperparameters: Json): ({ readonly kind: string } & Json) | null {
  const accelerated = name === 'SGD' && (hyperparameters['momentum'] ?? 0) !== 0;
  const kind = accelerated ? 'momentum' : kinds[name];
  const record =
    kind === undefined ? undefined : (optimizers as Readonly<Record<string, (typeof optimizers)['sgd']>>)[kind];
  if (kind === undefined || !record) return null;
  if (record.fullBatch) {
    const { lr, history_size, line_search } = hyperparameters;
    return { kind, ...present({ lr, history_size, line_search_fn: line_search ?? 'none' }) };
  }
  const known = new Set(['lr', ...Object.keys(record.options.shape)]);
  // What is off need not be known; that Nesterov looks ahead is said by its name.
  const needless = (option: string, value: unknown) =>
    value === 0 || value === false || (option === 'nesterov' && name === 'Nesterov');
  const options = Object.entries(hyperparameters).filter(
    ([option, value]) => known.has(option) || !needless(option, value),
  );
  return { kind, ...Object.fromEntries(options) };
}

function present(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
