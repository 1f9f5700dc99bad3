// The graph opened up: every operator instance on its own path, every port bound to the name of the value that arrives
// there. Blocks are gone, recurrences are unrolled. Wiring is by canonical value name; `aliases` maps every other name.
import type { Operator, ParameterType, TensorType } from '../operators/define-operator.ts';
import type { Initializer } from '../program/initializer.ts';

/** What the graph says of an owned parameter. */
export interface ParameterSetting {
  readonly trainable: boolean;
  /** Given in the graph; the operator's own start otherwise. */
  readonly init?: (type: ParameterType) => Initializer;
}

export interface Instance {
  /** `rnn[3]/cell` */
  readonly path: string;
  /** The same without time indices: owner of parameters and state, shared over time. */
  readonly owner: string;
  readonly operator: Operator;
  /** Parsed by the operator's schema. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Port (x0, x1, … where variadic) → value name. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Names of values that differ from `path.port`, for instances that the compiler inserts. */
  readonly outputNames?: Readonly<Record<string, string>>;
  /** Takes a recurrence's input apart: it must have as many slices as the recurrence has steps. */
  readonly scans?: { readonly path: string; readonly port: string; readonly steps: number };
  readonly settings: Readonly<Record<string, ParameterSetting>>;
  /** Opened by `expand`: owns its parameters, its nodes do the work. */
  readonly expanded?: true;
  /** Fixed contents of a feed, from the graph. */
  readonly fixed?: readonly number[];
}

/** Types that inference found; instances whose inputs are broken have none. */
export interface InstanceTypes {
  /** Every input port that has a value, parameters included. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** By port; variadic outputs as y0, y1, … */
  readonly outputs: Readonly<Record<string, TensorType>>;
  /** As `infer` gave them. */
  readonly raw: Readonly<Record<string, TensorType | readonly TensorType[]>>;
  /** Parameters that the node owns (not wired). */
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly state: Readonly<Record<string, ParameterType>>;
}

/** Numbers found when the graph was compiled. */
export interface KnownValue extends TensorType {
  /** Exact where int32, rounded to float32 otherwise. */
  readonly data: Float64Array;
}

/** A loss target that stays unwired: fed by the host. */
export interface ImplicitFeed {
  readonly name: string;
  readonly type: TensorType;
}

export interface Network {
  /** In an order in which every input comes first. */
  readonly instances: readonly Instance[];
  readonly aliases: ReadonlyMap<string, string>;
  /** Recurrence path (as an instance path) → number of time steps. */
  readonly recurrences: ReadonlyMap<string, number>;
  /** Nodes that could not be built, by path, with their operators. */
  readonly leftOut: ReadonlyMap<string, string>;
}

export interface TypedNetwork extends Network {
  readonly types: ReadonlyMap<string, InstanceTypes>;
  readonly values: ReadonlyMap<string, TensorType>;
  readonly feeds: readonly ImplicitFeed[];
  /** Outputs, by port, of the instances (by path) that only decide shapes: constants in the program, not steps. */
  readonly settled: ReadonlyMap<string, Readonly<Record<string, KnownValue>>>;
}

/** Name of an output's value. */
export function outputName(instance: Instance, port: string): string {
  return instance.outputNames?.[port] ?? `${instance.path}.${port}`;
}

/** Follows aliases to the canonical name. */
export function canonical(network: Pick<Network, 'aliases'>, name: string): string {
  let at = name;
  for (let next = network.aliases.get(at); next !== undefined; next = network.aliases.get(at)) at = next;
  return at;
}
