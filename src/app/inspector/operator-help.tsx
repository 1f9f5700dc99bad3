// What an operator does: the same facts as its reference page in docs/operators, from the same record.
import { Fragment } from 'react';
import type { OperatorDescription } from '../../operators/catalogue-details.ts';
import { fieldsOf } from '../ui/forms/schema-form.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { Message } from '../ui/message.tsx';
import { texts } from '../ui/texts.ts';
import { Formula } from './formula.tsx';
import styles from './inspector.module.css';
import { Sources } from './sources.tsx';

const t = laterTexts.help;

export function OperatorHelp({ entry }: { readonly entry: OperatorDescription }) {
  const fields = Object.entries(fieldsOf(entry.attributes));
  return (
    <div className={styles['help']}>
      <details open>
        <summary>{laterTexts.inspector.help}</summary>
        <p>
          <Message text={entry.summary} />
        </p>
        {entry.mathml !== '' && <Formula mathml={entry.mathml} label={laterTexts.inspector.formula} />}
        <Sources entry={entry} />
      </details>
      <details>
        <summary>{t.more}</summary>
        <h3>{t.gradient}</h3>
        {entry.gradient !== null && <Formula mathml={entry.gradient} label={t.gradient} small />}
        {entry.gradient !== null && <p className={styles['aside']}>{t.letters}</p>}
        {entry.gradientNote !== undefined && (
          <p>
            <Message text={entry.gradientNote} />
          </p>
        )}
        <h3>{t.ports}</h3>
        <dl className={styles['portList']}>
          {portRows(entry).map(({ name, title, shape, rules }) => (
            <div key={name}>
              <dt>
                <code>{name}</code> {title}
              </dt>
              <dd>
                {shape !== undefined && (
                  <span>
                    <Message text={shape} />
                  </span>
                )}
                {rules !== '' && <small>{rules}</small>}
              </dd>
            </div>
          ))}
        </dl>
        {fields.length > 0 && <h3>{laterTexts.inspector.attributes}</h3>}
        <dl className={styles['portList']}>
          {fields.map(([name, field]) => (
            <div key={name}>
              <dt>
                <code>{name}</code> {String(field['title'] ?? '')}
              </dt>
              <dd>
                {field['description'] !== undefined && (
                  <span>
                    <Message text={String(field['description'])} />
                  </span>
                )}
                <small>{attributeRules(field)}</small>
              </dd>
            </div>
          ))}
        </dl>
        {behaviours(entry).map((text) => (
          <p key={text}>{text}</p>
        ))}
        <h3>ONNX</h3>
        <OnnxFacts entry={entry} />
        <p className={styles['aside']}>{entry.source}</p>
      </details>
    </div>
  );
}

/** The counterpart in ONNX: how it calls the attributes, and what becomes of the operator in a file. */
function OnnxFacts({ entry }: { readonly entry: OperatorDescription }) {
  const names = Object.entries(entry.onnxNames);
  return (
    <>
      <p>
        {entry.onnx === null ? t.noOnnx : <code>{entry.onnx}</code>}
        {'; '}
        <Message text={entry.onnxWritten} />.
      </p>
      {names.length > 0 && (
        <p>
          {names.map(([ours, theirs], i) => (
            <Fragment key={ours}>
              {i > 0 && ', '}
              <code>{ours}</code> {t.isCalled} <code>{theirs}</code>
            </Fragment>
          ))}
          .
        </p>
      )}
    </>
  );
}

interface PortRow {
  readonly name: string;
  readonly title: string;
  readonly shape: string | undefined;
  readonly rules: string;
}

type Port = OperatorDescription['inputs'][string];

function portRows({ inputs, parameters, outputs, shapes }: OperatorDescription): readonly PortRow[] {
  const row = (name: string, title: string, kind: string, port: Partial<Port>): PortRow => ({
    name: port.variadic === undefined ? name : `${name}0, ${name}1, …`,
    title,
    shape:
      shapes[name] ??
      Object.entries(shapes).find(([key]) => key.endsWith('*') && name.startsWith(key.slice(0, -1)))?.[1],
    rules: [
      kind,
      port.dtype === 'any' ? t.anyType : (port.dtype ?? 'float32'),
      port.optional === true ? t.optional : '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
  });
  return [
    ...Object.entries(inputs).map(([name, port]) => row(name, port.title, texts.canvas.input, port)),
    ...Object.entries(parameters).map(([name, { title, optional }]) =>
      row(name, title, texts.canvas.parameter, optional === true ? { optional } : {}),
    ),
    ...Object.entries(outputs).map(([name, port]) => row(name, port.title, texts.canvas.output, port)),
  ];
}

/** Range, unit and default in words. */
function attributeRules(field: Readonly<Record<string, unknown>>): string {
  const [low, high] = [field['minimum'] ?? field['exclusiveMinimum'], field['maximum'] ?? field['exclusiveMaximum']];
  const most = typeof high === 'number' && high < Number.MAX_SAFE_INTEGER ? high : undefined;
  const choices = Array.isArray(field['enum']) ? field['enum'].map(String).join(', ') : '';
  const range =
    typeof low === 'number' && low > Number.MIN_SAFE_INTEGER
      ? most === undefined
        ? t.atLeast(String(low))
        : t.between(String(low), String(most))
      : '';
  const usual = field['default'] === undefined ? t.inferred : t.usually(JSON.stringify(field['default']));
  return [choices, range, field['unit'], usual].filter((part) => typeof part === 'string' && part !== '').join(' · ');
}

function behaviours({ traits, expandable }: OperatorDescription): readonly string[] {
  return [
    ...(traits.random === true ? [t.random] : []),
    ...(traits.stateful === true ? [t.stateful] : []),
    ...(traits.loss === true ? [t.loss] : []),
    ...(traits.view === true ? [t.view] : []),
    ...(expandable ? [t.expandable] : []),
  ];
}
