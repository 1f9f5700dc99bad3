// The parameters that a node owns: shape, how they start, whether they are trained; filters of a convolution as pictures.
import { setParameter } from '../../graph/edits/set-node.ts';
import type { ParameterInit } from '../../graph/schema.ts';
import { numel } from '../../tensor/shape.ts';
import { useSession, useWorkbench } from '../state/context.tsx';
import { formatCount } from '../ui/format.ts';
import { SelectControl, SwitchControl } from '../ui/forms/controls.tsx';
import { Field } from '../ui/forms/field.tsx';
import { ValueField } from '../ui/forms/value-field.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { LinkButton } from '../ui/link-button.tsx';
import styles from './inspector.module.css';
import { PictureCanvas } from './picture-canvas.tsx';
import { usePicture } from './use-picture.ts';
import type { SelectedNode } from './use-selected.ts';

const t = laterTexts.inspector;

export function ParameterSection({ selected }: { readonly selected: SelectedNode }) {
  const { entry, facts, path } = selected;
  const own = Object.keys(entry?.parameters ?? {});
  const owner = path.replace(/\[\d+\]/g, '');
  const names = own.filter((name) => facts?.parameters.includes(`${owner}.${name}`));
  const shaped = useSession(({ report }) => names.some((name) => report?.values[`${owner}.${name}`] !== undefined));
  if (facts === undefined || !(shaped || own.some((name) => facts.inputs[name] !== undefined))) return null;
  return (
    <section className={styles['section']} aria-label={t.ownParameters}>
      <h3>{t.ownParameters}</h3>
      {own.map((name) =>
        names.includes(name) ? (
          <Parameter key={name} selected={selected} name={name} value={`${owner}.${name}`} />
        ) : (
          facts.inputs[name] !== undefined && (
            <p key={name} className={styles['note']}>
              <code>{name}</code> {t.wiredFrom(facts.inputs[name])}
            </p>
          )
        ),
      )}
    </section>
  );
}

interface ParameterProps {
  readonly selected: SelectedNode;
  readonly name: string;
  /** Name of its value. */
  readonly value: string;
}

function Parameter({ selected, name, value }: ParameterProps) {
  const { edit, look } = useWorkbench();
  const { node, scope, readOnly, entry } = selected;
  const shape = useSession((data) => data.report?.values[value]?.shape);
  const { init, trainable = true } = node.parameters[name] ?? {};
  const change = (patch: {
    readonly init?: ParameterInit | undefined;
    readonly trainable?: boolean | undefined;
  }): void =>
    edit(
      t.edits.parameter(node.id, name),
      (draft) => setParameter(draft, scope, node.id, name, patch),
      `parameter ${scope}/${node.id}.${name}`,
    );
  if (shape === undefined) return null;
  return (
    <div className={styles['parameter']} data-parameter={name}>
      <div className={styles['valueHead']}>
        <LinkButton mono title={t.openViewer(value)} onClick={() => look({ overlay: { kind: 'viewer', value } })}>
          {name}
        </LinkButton>
        <span className={styles['shape']}>
          {shape.join('×')}
          {shape.length > 1 && ` = ${formatCount(numel(shape))}`}
        </span>
      </div>
      {shape.length === 4 && <Filters name={value} />}
      <Field label={t.trainable} hint={t.trainableHint}>
        {(ids) => (
          <SwitchControl
            ids={ids}
            checked={trainable}
            disabled={readOnly}
            onChange={(on) => change({ trainable: on ? undefined : false })}
          />
        )}
      </Field>
      <Field label={t.init} hint={entry?.parameters[name]?.title}>
        {(ids) => (
          <SelectControl
            ids={ids}
            value={init?.kind ?? 'default'}
            options={Object.entries(laterTexts.parameters.inits).map(([kind, title]) => ({ value: kind, title }))}
            disabled={readOnly}
            onChange={(kind) => change({ init: startOf(kind as keyof typeof laterTexts.parameters.inits) })}
          />
        )}
      </Field>
      {init &&
        Object.entries(initFields[init.kind]).map(([key, initial]) => (
          <ValueField
            key={key}
            label={laterTexts.parameters.initFields[key as keyof typeof laterTexts.parameters.initFields]}
            schema={{ type: 'number', default: initial, ...(key === 'std' ? { minimum: 0 } : {}) }}
            value={memberOf(init, key) === initial ? undefined : memberOf(init, key)}
            disabled={readOnly}
            onChange={(next) => change({ init: { ...init, [key]: next ?? initial } as ParameterInit })}
          />
        ))}
    </div>
  );
}

/** Every filter of a convolution as a picture, on one scale. */
function Filters({ name }: { readonly name: string }) {
  const { look } = useWorkbench();
  const { picture } = usePicture({ name, example: 0, channel: 'all', scale: 'auto' });
  if (picture === null) return null;
  return (
    <button
      type="button"
      className={styles['picture']}
      aria-label={t.openViewer(name)}
      onClick={() => look({ overlay: { kind: 'viewer', value: name } })}
    >
      <PictureCanvas picture={picture} width={276} height={120} />
    </button>
  );
}

/** Members of each kind with what they start as. */
const initFields: { readonly [K in ParameterInit['kind']]: Readonly<Record<string, number>> } = {
  zeros: {},
  ones: {},
  constant: { value: 0 },
  normal: { mean: 0, std: 1 },
  uniform: { low: -1, high: 1 },
  xavier_uniform: { gain: 1 },
  xavier_normal: { gain: 1 },
  he_uniform: {},
  he_normal: {},
  lecun_uniform: {},
  lecun_normal: {},
  truncated_normal: { mean: 0, std: 1 },
  orthogonal: { gain: 1 },
  identity: {},
};

function startOf(kind: ParameterInit['kind'] | 'default'): ParameterInit | undefined {
  return kind === 'default' ? undefined : ({ kind, ...initFields[kind] } as ParameterInit);
}

function memberOf(init: ParameterInit, key: string): unknown {
  return (init as Readonly<Record<string, unknown>>)[key];
}
