// What every pass of the compiler made of the program: before and after with the differences marked. Passes can be switched
// off here to see what they give; the plan that runs keeps them all.
import { type ComponentType, useEffect, useState } from 'react';
import type { PassesFacts, PassText, PlanKind } from '../../../engine/protocol/plans.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { Segments } from '../segments.tsx';
import styles from './passes-view.module.css';

const t = debuggerTexts.passes;

export interface DiffProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
}

type Figure = keyof typeof t.figures;

const writeFigure: { readonly [F in Figure]: (value: number) => string } = {
  instructions: formatCount,
  kernels: formatCount,
  flops: formatCount,
  scratchBytes: formatBytes,
  workspaceBytes: formatBytes,
};

interface Known {
  readonly facts: PassesFacts;
  /** With all passes on. */
  readonly all: PassesFacts;
}

export function PassesView({ diff: Diff }: { readonly diff: ComponentType<DiffProps> }) {
  const [plan, setPlan] = useState<PlanKind>('training');
  const [off, setOff] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  const known = usePasses(plan, off);
  const pass = known?.facts.passes[chosen ?? firstChange(known.facts)];
  const index = pass === undefined ? null : (known?.facts.passes.indexOf(pass) ?? null);
  const text = usePassText(known?.facts ?? null, index);
  if (known === null) return <p className={styles['note']}>{t.loading}</p>;
  return (
    <div className={styles['view']}>
      <div className={styles['side']}>
        <Segments label={t.which} titles={t.plans} value={plan} onChange={setPlan} />
        <ol className={styles['passes']} aria-label={t.title}>
          {known.facts.passes.map((each, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a pass may run twice; its place names it
            <li key={at} className={cx(styles['pass'], at === index && styles['chosen'])}>
              <input
                type="checkbox"
                aria-label={t.runs(`${each.name} (${at + 1})`)}
                checked={!off.includes(each.name)}
                onChange={({ target }) =>
                  setOff(target.checked ? off.filter((name) => name !== each.name) : [...off, each.name])
                }
              />
              <button type="button" aria-pressed={at === index} onClick={() => setChosen(at)}>
                <span>{each.name}</span>
                <small>
                  {each.before === null || each.after === null
                    ? t.states[each.state]
                    : each.changed
                      ? t.instructions(each.before, each.after)
                      : t.unchanged}
                </small>
              </button>
            </li>
          ))}
        </ol>
        <h3>
          {t.result}
          {off.length > 0 && (
            <Button look="quiet" onClick={() => setOff([])}>
              {t.allOn}
            </Button>
          )}
        </h3>
        <dl className={styles['figures']}>
          {(Object.keys(t.figures) as Figure[]).map((figure) => {
            const [now, all] = [known.facts[figure], known.all[figure]];
            return (
              <div key={figure}>
                <dt>{t.figures[figure]}</dt>
                <dd>
                  {writeFigure[figure](now)}
                  {now !== all && <small>{t.against(writeFigure[figure](all))}</small>}
                </dd>
              </div>
            );
          })}
        </dl>
      </div>
      <div className={styles['diff']}>
        {pass === undefined ? (
          <p className={styles['note']}>{t.choose}</p>
        ) : text === null ? (
          <p className={styles['note']}>{pass.before === null ? t.notRun : t.loading}</p>
        ) : (
          <Diff before={text.before} after={text.after} label={t.difference(pass.name)} />
        )}
      </div>
    </div>
  );
}

/** The first pass that did something is worth looking at. */
function firstChange({ passes }: PassesFacts): number {
  return Math.max(
    0,
    passes.findIndex(({ changed }) => changed),
  );
}

function usePasses(plan: PlanKind, off: readonly string[]): Known | null {
  const { link } = useWorkbench();
  const revision = useSession((data) => (data.report?.runnable ? data.report.revision : -1));
  const [known, setKnown] = useState<Known | null>(null);
  useEffect(() => {
    if (revision < 0) return;
    let wanted = true;
    const ask = async (): Promise<void> => {
      const all = await link.ask((api) => api.passes({ plan, off: [] }));
      // Asked last: the texts are those of the last answer.
      const facts = off.length === 0 ? all : await link.ask((api) => api.passes({ plan, off }));
      if (wanted && facts !== null && all !== null && facts.revision === revision) setKnown({ facts, all });
    };
    void ask();
    return () => {
      wanted = false;
    };
  }, [link, plan, off, revision]);
  return known;
}

function usePassText(facts: PassesFacts | null, index: number | null): PassText | null {
  const { link } = useWorkbench();
  const [known, setKnown] = useState<{ facts: PassesFacts; index: number; text: PassText | null } | null>(null);
  useEffect(() => {
    if (facts === null || index === null || facts.passes[index]?.before === null) return;
    let wanted = true;
    void link.ask((api) => api.passText(index)).then((text) => wanted && setKnown({ facts, index, text }));
    return () => {
      wanted = false;
    };
  }, [link, facts, index]);
  return known !== null && known.facts === facts && known.index === index ? known.text : null;
}
