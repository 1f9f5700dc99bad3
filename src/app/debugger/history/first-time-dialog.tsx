// Run back to the first time that something held: what to look for, how far the search is, and the answer: the step, what it was
// given, and the steps that this came from.
import { useMemo, useState } from 'react';
import type { Finding, FirstTimeAnswer, OperandFacts } from '../../../engine/protocol/timeline.ts';
import { parseCondition } from '../../../language/condition.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { cancelSearch, searchHistory } from '../../state/search-history.ts';
import { instancePath } from '../../state/view-store.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatNumber } from '../../ui/format.ts';
import { SelectControl, TextControl } from '../../ui/forms/controls.tsx';
import { Field } from '../../ui/forms/field.tsx';
import { useDraft } from '../../ui/forms/use-draft.ts';
import { Message } from '../../ui/message.tsx';
import { PhaseMark } from '../../ui/phase-mark.tsx';
import { Progress } from '../../ui/progress.tsx';
import { texts } from '../../ui/texts.ts';
import { ConditionField } from '../conditions/condition-field.tsx';
import { knownNames } from '../conditions/known-names.ts';
import { nodePaths } from '../conditions/node-paths.ts';
import styles from './first-time-dialog.module.css';
import { useTimeline } from './use-timeline.ts';

const t = debuggerTexts.firstTime;
const phases = ['forward', 'backward', 'update'] as const;

export function FirstTimeDialog() {
  const { look } = useWorkbench();
  return (
    <Dialog open onClose={() => look({ overlay: null })} title={t.title} description={t.explanation} size="medium">
      <Search />
    </Dialog>
  );
}

function Search() {
  const workbench = useWorkbench();
  const report = useSession((data) => data.report);
  const search = useSession((data) => data.search);
  const selected = useView(({ scope, selection }) =>
    selection.length === 1 ? instancePath(scope, selection[0] as string) : '',
  );
  const [kind, setKind] = useState<'non_finite' | 'condition'>('non_finite');
  const [path, setPath] = useState(selected);
  const [phase, setPhase] = useState<(typeof phases)[number]>('forward');
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<FirstTimeAnswer | null>(null);
  const range = useRange();
  const asks = kind === 'non_finite' || (text.trim() !== '' && parseCondition(text).ok);
  const known = useMemo(() => knownNames(report, path), [report, path]);
  const paths = useMemo(() => nodePaths(report, path), [report, path]);
  const ask = (next: typeof kind): void => {
    setKind(next);
    setAnswer(null);
  };
  const run = async (): Promise<void> => {
    if (!asks || search !== null) return;
    setAnswer(null);
    const question =
      kind === 'non_finite' ? ({ kind } as const) : ({ kind: 'condition', path, phase, text: text.trim() } as const);
    const found = await searchHistory(workbench, (api, id) => api.firstTime({ id, question, ...range.asked }));
    setAnswer(found);
    if (found?.finding) {
      const { finding } = found;
      workbench.session.setState(({ overlayFacts }) => ({ overlayFacts: { ...overlayFacts, finding } }));
      workbench.look({ canvasOverlay: 'finding' });
    }
  };
  return (
    <div className={styles['search']}>
      <fieldset className={styles['question']}>
        <legend>{t.question}</legend>
        <label>
          <input type="radio" name="kind" checked={kind === 'non_finite'} onChange={() => ask('non_finite')} />
          {t.nonFinite}
        </label>
        <label>
          <input type="radio" name="kind" checked={kind === 'condition'} onChange={() => ask('condition')} />
          {t.condition}
        </label>
        {kind === 'condition' && (
          <div className={styles['condition']}>
            <SelectControl
              ids={{}}
              label={debuggerTexts.breakpoint.node}
              value={path}
              options={[
                { value: '', title: debuggerTexts.breakpointRow.wholeGraph },
                ...paths.map((each) => ({ value: each, title: each })),
              ]}
              onChange={setPath}
            />
            {path !== '' && (
              <SelectControl
                ids={{}}
                label={debuggerTexts.breakpoint.phase}
                value={phase}
                options={phases.map((each) => ({ value: each, title: texts.phases[each] }))}
                onChange={setPhase}
              />
            )}
            <ConditionField
              label={t.condition}
              value={text}
              placeholder={debuggerTexts.breakpoint.conditionHint}
              known={known}
              check={(draft) => {
                const parsed = parseCondition(draft);
                return parsed.ok ? null : parsed.fault;
              }}
              onType={setText}
              onCommit={() => void run()}
            />
          </div>
        )}
      </fieldset>
      <div className={styles['range']}>
        {range.fields.map(({ label, draft, placeholder }) => (
          <Field key={label} label={label} fault={draft.fault}>
            {(ids) => <TextControl ids={ids} field={draft} placeholder={placeholder} />}
          </Field>
        ))}
        <small>{t.whole}</small>
      </div>
      {search === null ? (
        <Button look="primary" disabled={!asks} onClick={() => void run()}>
          {t.search}
        </Button>
      ) : (
        <Progress label={t.searching(search.iteration)} share={search.share} onCancel={() => cancelSearch(workbench)} />
      )}
      <div aria-live="polite">{answer !== null && <Answer answer={answer} />}</div>
    </div>
  );
}

/** Which iterations are searched; what is left empty is as far as the history goes. */
function useRange() {
  const { facts } = useTimeline();
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const current = facts?.branches.find(({ id }) => id === facts.branch);
  const [first, last] = [current?.first ?? 0, current?.length ?? 0];
  const read = (text: string, least: number, most: number, set: (next: number | null) => void): string | undefined => {
    const words = text.trim();
    const number = Number(words);
    if (words !== '' && !(/^\d+$/.test(words) && number >= least && number <= most)) return t.rangeFault(least, most);
    set(words === '' ? null : number);
    return undefined;
  };
  const shown = (number: number | null): string => (number === null ? '' : String(number));
  const begin = useDraft(shown(from), (text) => read(text, first, to ?? last, setFrom));
  const end = useDraft(shown(to), (text) => read(text, from ?? first, last, setTo));
  return {
    fields: [
      { label: t.from, draft: begin, placeholder: String(first) },
      { label: t.to, draft: end, placeholder: String(last) },
    ],
    asked: {
      ...(from === null ? {} : { from: { iteration: from, step: 0 } }),
      ...(to === null ? {} : { to: { iteration: to, step: facts?.stepCount ?? 0 } }),
    },
  };
}

function Answer({ answer }: { readonly answer: FirstTimeAnswer }) {
  const { link, look, reveal } = useWorkbench();
  const { finding, searched, cancelled, diagnostics } = answer;
  if (finding === null) {
    return (
      <>
        {diagnostics.map(({ message }) => (
          <p key={message} className={styles['fault']}>
            <Message text={message} />
          </p>
        ))}
        {diagnostics.length === 0 && (
          <p>{cancelled ? t.calledOff : t.never(searched.from.iteration, searched.to.iteration)}</p>
        )}
      </>
    );
  }
  const { position, node, phase, outputs, inputs, slice, source } = finding;
  const goThere = async (): Promise<void> => {
    look({ overlay: null });
    await link.move((api) => api.seek(position));
    await reveal(node);
  };
  return (
    <div className={styles['answer']}>
      <div className={styles['found']}>
        {phase !== null && <PhaseMark phase={phase} />}
        <b>{phase === null ? node : t.found(node, texts.phases[phase])}</b>
        <span>{t.where(position.iteration, position.step)}</span>
        <Button look="primary" onClick={() => void goThere()}>
          {t.goThere}
        </Button>
      </div>
      <Operands title={t.outputs} operands={outputs} />
      <Operands title={t.inputs} operands={inputs} />
      <Slice slice={slice} />
      {source !== null && <p className={styles['source']}>{t.source(source.name)}</p>}
    </div>
  );
}

function Operands({ title, operands }: { readonly title: string; readonly operands: readonly OperandFacts[] }) {
  if (operands.length === 0) return null;
  return (
    <table className={styles['operands']}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t.columns.name}</th>
          <th scope="col">{t.columns.shape}</th>
          <th scope="col">{t.columns.least}</th>
          <th scope="col">{t.columns.most}</th>
          <th scope="col">{t.columns.broken}</th>
          <th scope="col">{t.columns.step}</th>
          <th scope="col">{t.columns.state}</th>
        </tr>
      </thead>
      <tbody>
        {operands.map(({ name, shape, min, max, nan, infinite, step, health }) => (
          <tr key={name} className={cx(health !== 'sound' && styles['bad'])}>
            <th scope="row">{name}</th>
            <td>{shape.join('×') || '·'}</td>
            <td>{formatNumber(min)}</td>
            <td>{formatNumber(max)}</td>
            <td>{nan + infinite === 0 ? '–' : `${nan} · ${infinite}`}</td>
            <td>{step === null ? t.atStart : step}</td>
            <td>{t.health[health]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** At most so many are listed; the canvas shows all. */
const mostSteps = 40;

function Slice({ slice }: { readonly slice: Finding['slice'] }) {
  const { reveal } = useWorkbench();
  if (slice.length === 0) return null;
  return (
    <section aria-label={t.slice}>
      <h3>{t.slice}</h3>
      <ol className={styles['slice']}>
        {slice.slice(0, mostSteps).map(({ step, node, phase, worst, trail }) => (
          <li key={step} className={cx(trail && styles['trail'])}>
            <button type="button" title={trail ? t.trail : undefined} onClick={() => void reveal(node)}>
              <span className={styles['number']}>{step}</span>
              <PhaseMark phase={phase} />
              <code>{node}</code>
              <span>
                {worst.name} {formatNumber(worst.min)} … {formatNumber(worst.max)}
                {worst.health !== 'sound' && `, ${t.health[worst.health]}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
