// Value and gradient of one port at a time: picture or numbers, statistics, histogram. Which port is chosen by the row of names.
import { CircleQuestionMark, Maximize2, Pencil, Sigma } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { Picture, Summary } from '../../engine/protocol/views.ts';
import { findPort, nodePorts } from '../../graph/ports.ts';
import { numel } from '../../tensor/shape.ts';
import { Histogram } from '../overlays/histogram.tsx';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { editRun } from '../state/run-edits.ts';
import { canStep, isStale } from '../state/session-store.ts';
import { cx } from '../ui/cx.ts';
import { explainTexts } from '../ui/explain-texts.ts';
import { formatExact, formatNumber } from '../ui/format.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { SmallButton } from '../ui/small-button.tsx';
import { texts } from '../ui/texts.ts';
import { Element, ElementTable } from './element-table.tsx';
import styles from './inspector.module.css';
import { PictureCanvas } from './picture-canvas.tsx';
import { elementIndex, flatIndex, pixelPlace } from './picture-index.ts';
import type { Pixel } from './picture-stage.tsx';
import { isGiven, portValues } from './port-values.ts';
import { usePicture } from './use-picture.ts';
import type { SelectedNode } from './use-selected.ts';

const t = laterTexts.inspector;

export function ValueSection({ selected }: { readonly selected: SelectedNode }) {
  const { link } = useWorkbench();
  const { path, facts, node } = selected;
  const blocks = useDocument((data) => data.graph.blocks);
  const report = useSession((data) => data.report);
  const stale = useSession(isStale);
  const example = useView((view) => view.example);
  const ports = useMemo(() => {
    const declared = nodePorts(node, (name) => (Object.hasOwn(blocks, name) ? blocks[name] : undefined));
    return portValues(report, path, facts, (name) => findPort(declared?.inputs ?? [], name) !== undefined);
  }, [report, path, facts, node, blocks]);
  const [chosen, setChosen] = useState<string | null>(null);
  const port = ports.find((each) => `${each.role} ${each.port}` === chosen) ?? ports[0];

  useEffect(() => {
    if (port === undefined) return;
    const names = [port.value, port.gradient, port.share].filter((name) => name !== null);
    link.watch(
      'inspector',
      names.map((name) => ({ name, example, histogramBins: 48 })),
    );
    return () => link.watch('inspector', []);
  }, [link, port, example]);

  if (port === undefined) return null;
  return (
    <section className={cx(styles['section'], stale && styles['stale'])} aria-label={t.values}>
      <h3>
        {t.values}
        {stale && <em className={styles['staleMark']}>{texts.canvas.stale}</em>}
      </h3>
      {ports.length > 1 && (
        <div className={styles['ports']} role="group" aria-label={t.port}>
          {ports.map((each) => (
            <button
              key={`${each.role} ${each.port}`}
              type="button"
              aria-pressed={each === port}
              title={`${t.roles[each.role]}: ${each.value}`}
              onClick={() => setChosen(`${each.role} ${each.port}`)}
            >
              {each.role === 'input' && <span aria-hidden>→ </span>}
              {each.port}
            </button>
          ))}
        </div>
      )}
      <ValueBlock key={port.value} name={port.value} kind="value" title={texts.canvas.value} />
      {port.gradient !== null && (
        <ValueBlock key={port.gradient} name={port.gradient} kind="gradient" title={texts.canvas.gradient} />
      )}
      {port.share !== null && <ValueBlock key={port.share} name={port.share} kind="gradient" title={t.share} />}
    </section>
  );
}

interface ValueBlockProps {
  readonly name: string;
  readonly kind: 'value' | 'gradient';
  readonly title: string;
}

/** One tensor. */
function ValueBlock({ name, kind, title }: ValueBlockProps) {
  const { look, explain } = useWorkbench();
  const facts = useSession((data) => data.report?.values[name]);
  const summary = useSession((data) => data.summaries[name]);
  if (facts === undefined) return null;
  const computed = summary?.state === 'computed';
  const scalar = numel(facts.shape) === 1;
  return (
    <article className={cx(styles['value'], styles[kind])} data-value={name}>
      <div className={styles['valueHead']}>
        <b>{title}</b>
        <code>{name}</code>
        <span className={styles['shape']}>
          {facts.dtype === 'float32' ? '' : `${facts.dtype} `}
          {facts.shape.length === 0 ? t.scalar : facts.shape.join('×')}
        </span>
        {computed && kind === 'gradient' && (
          <SmallButton
            className={styles['open']}
            label={explainTexts.why(name)}
            icon={CircleQuestionMark}
            onClick={() => explain({ name, index: 0 }, 'account')}
          />
        )}
        {computed && !scalar && (
          <SmallButton
            className={styles['open']}
            label={t.openViewer(name)}
            icon={Maximize2}
            onClick={() => look({ overlay: { kind: 'viewer', value: name } })}
          />
        )}
      </div>
      {!computed && <p className={styles['pending']}>{summary === undefined ? '…' : t.states[summary.state]}</p>}
      {computed && scalar && <Scalar name={name} value={summary.elements?.[0] ?? summary.mean} />}
      {computed && !scalar && <Tensor summary={summary} />}
    </article>
  );
}

/** The one number of a value, given or computed: it can be typed over where the run stands still. */
function Scalar({ name, value }: { readonly name: string; readonly value: number }) {
  const workbench = useWorkbench();
  const paused = useSession((data) => canStep(data) && !isStale(data));
  const [typing, setTyping] = useState(false);
  const change = (next: number): void => {
    setTyping(false);
    void editRun(workbench, { kind: 'elements', name, changes: [{ index: 0, value: next }] });
  };
  return (
    <div className={styles['scalar']}>
      {typing && paused ? (
        <Element label={t.newNumber(name)} value={value} onChange={change} />
      ) : (
        <output>{formatExact(value)}</output>
      )}
      <SmallButton
        className={styles['open']}
        label={explainTexts.explainIt(name)}
        icon={Sigma}
        onClick={() => workbench.explain({ name, index: 0 })}
      />
      <SmallButton
        className={styles['open']}
        label={t.changeNumber(name)}
        icon={Pencil}
        aria-pressed={typing}
        disabled={!paused}
        onClick={() => setTyping(!typing)}
      />
    </div>
  );
}

function Tensor({ summary }: { readonly summary: Summary }) {
  const { name, histogram, elements, shape } = summary;
  const workbench = useWorkbench();
  const { look, session, view, explain } = workbench;
  const example = useView((view) => view.example);
  const { picture } = usePicture({ name, example, channel: 'all', scale: 'auto' });
  const report = session.getState().report;
  const given = report !== null && !name.startsWith('grad(') && isGiven(report, name);
  return (
    <>
      {picture && (
        <button
          type="button"
          className={styles['picture']}
          aria-label={t.openViewer(name)}
          onClick={(event) => {
            const pixel = view.getState().walk === null ? null : pixelUnder(event, picture);
            const place = pixel && pixelPlace(picture, 'all', pixel.x, pixel.y);
            if (!place) look({ overlay: { kind: 'viewer', value: name } });
            else explain({ name, index: flatIndex(shape, elementIndex(shape, picture.examples, example, place)) });
          }}
        >
          <PictureCanvas picture={picture} width={pictureWidth} height={pictureHeight} />
        </button>
      )}
      <Statistics summary={summary} />
      {histogram && <Histogram histogram={histogram} height={44} label={t.histogramOf(name)} />}
      {elements && given && (
        <ElementTable
          name={name}
          shape={shape}
          elements={elements}
          onChange={(index, value) => void editRun(workbench, { kind: 'elements', name, changes: [{ index, value }] })}
        />
      )}
    </>
  );
}

/** Where a picture was clicked; null where a key did it. */
function pixelUnder(
  { currentTarget, clientX, clientY, detail }: React.MouseEvent<HTMLElement>,
  { pixels }: Picture,
): Pixel | null {
  const box = currentTarget.querySelector('canvas')?.getBoundingClientRect();
  if (box === undefined || detail === 0) return null;
  return {
    x: Math.floor(((clientX - box.left) / box.width) * pixels.width),
    y: Math.floor(((clientY - box.top) / box.height) * pixels.height),
  };
}

const pictureWidth = 276;
const pictureHeight = 150;

/** Smallest, mean, largest, spread, zeros. */
export function Statistics({ summary }: { readonly summary: Summary }) {
  const { min, mean, max, std, zeros, nonFinite } = summary;
  const facts = [
    [t.min, formatNumber(min)],
    [t.mean, formatNumber(mean)],
    [t.max, formatNumber(max)],
    [t.std, formatNumber(std)],
    [t.zeros, zeros > 0 && zeros < 0.001 ? '< 0.1 %' : `${(zeros * 100).toFixed(zeros > 0 && zeros < 0.1 ? 1 : 0)} %`],
  ] as const;
  return (
    <dl className={styles['statistics']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {nonFinite > 0 && (
        <div className={styles['nonFinite']}>
          <dt>{t.nonFinite}</dt>
          <dd>{nonFinite}</dd>
        </div>
      )}
    </dl>
  );
}
