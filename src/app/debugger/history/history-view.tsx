// The history of the run: where it can be taken back to, its branches beside one another, what it costs.
import { ChevronsLeft, ChevronsRight, History, SkipBack, SkipForward, Timer } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { CompareAnswer, TimelineFacts } from '../../../engine/protocol/timeline.ts';
import { CommandButton } from '../../commands/command-button.tsx';
import { stepIterationCommand } from '../../commands/step-iteration.ts';
import { stepIterationBackCommand } from '../../commands/step-iteration-back.ts';
import { stepPhaseCommand } from '../../commands/step-phase.ts';
import { stepPhaseBackCommand } from '../../commands/step-phase-back.ts';
import { useSession, useWorkbench } from '../../state/context.tsx';
import { cancelSearch, searchHistory, switchBranch } from '../../state/search-history.ts';
import { Button } from '../../ui/button.tsx';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Message } from '../../ui/message.tsx';
import { Progress } from '../../ui/progress.tsx';
import { SeriesChart, seriesLooks } from '../series-chart.tsx';
import { BranchList } from './branch-list.tsx';
import { HistoryStrip } from './history-strip.tsx';
import styles from './history-view.module.css';
import { RecordingSettings } from './recording-settings.tsx';
import { useLossCurves } from './use-loss-curves.ts';
import { useTimeline } from './use-timeline.ts';

const t = debuggerTexts.history;

export function HistoryView() {
  const workbench = useWorkbench();
  const { facts, put } = useTimeline();
  const [comparison, setComparison] = useState<CompareAnswer | null>(null);
  const search = useSession((data) => data.search);
  if (facts === null || facts.branches.length === 0) return <p className={styles['none']}>{t.none}</p>;
  const goTo = (id: number): void =>
    void switchBranch(workbench, id, t.switchTo(facts.branches.find((branch) => branch.id === id)?.name ?? ''));
  const compare = async (other: number): Promise<void> => {
    setComparison(null);
    const answer = await searchHistory(workbench, (api, id) => api.compareBranches({ id, a: facts.branch, b: other }));
    setComparison(answer);
    if (answer?.difference) {
      const { session, look } = workbench;
      session.setState(({ overlayFacts }) => ({ overlayFacts: { ...overlayFacts, difference: answer.difference } }));
      if (answer.difference.node !== '') look({ canvasOverlay: 'difference' });
    }
  };
  const { position, stepCount } = facts;
  return (
    <div className={styles['view']}>
      <div className={styles['bar']}>
        <CommandButton command={stepIterationBackCommand} icon={SkipBack} />
        <CommandButton command={stepPhaseBackCommand} icon={ChevronsLeft} />
        <b>{t.at(position.iteration, position.step, stepCount)}</b>
        <CommandButton command={stepPhaseCommand} icon={ChevronsRight} />
        <CommandButton command={stepIterationCommand} icon={SkipForward} />
        <Button icon={History} onClick={() => workbench.look({ overlay: { kind: 'first_time' } })}>
          {t.firstTime}
        </Button>
      </div>
      <HistoryStrip facts={facts} onSwitch={goTo} />
      <Legend />
      <RecordingSettings facts={facts} onFacts={put} />
      <p className={styles['cost']}>
        <Timer size={13} aria-hidden />
        {t.interval(facts.interval)}; {t.worst(facts.worst.iterations, formatMsShort(facts.worst.ms))}
      </p>
      {search !== null && (
        <Progress label={t.comparing} share={search.share} onCancel={() => cancelSearch(workbench)} />
      )}
      {comparison !== null && search === null && <Comparison answer={comparison} facts={facts} />}
      <BranchList facts={facts} onFacts={put} onSwitch={goTo} onCompare={(id) => void compare(id)} />
      <Losses facts={facts} />
    </div>
  );
}

function formatMsShort(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function Legend() {
  return (
    <ul className={styles['legend']} aria-label={t.legend}>
      {(Object.keys(t.marks) as (keyof typeof t.marks)[]).map((mark) => (
        <li key={mark} data-mark={mark}>
          <i />
          {t.marks[mark]}
        </li>
      ))}
    </ul>
  );
}

/** What comparing found, and the way there. */
function Comparison({ answer, facts }: { readonly answer: CompareAnswer; readonly facts: TimelineFacts }) {
  const { link, reveal } = useWorkbench();
  const { difference, compared, cancelled, diagnostics } = answer;
  return (
    <div className={styles['comparison']} role="status">
      {diagnostics.map(({ message }) => (
        <p key={message} className={styles['fault']}>
          <Message text={message} />
        </p>
      ))}
      {difference === null ? (
        <p>
          {cancelled
            ? t.calledOff
            : compared.to > compared.from
              ? t.same(compared.from, compared.to - 1)
              : t.noCompared}
        </p>
      ) : (
        <p>
          <b>
            {t.firstDifference(
              difference.name,
              difference.node,
              difference.position.iteration,
              difference.position.step,
            )}
          </b>
          <br />
          {difference.kind === 'plan'
            ? t.kinds.plan
            : t.differing(
                formatCount(difference.differing),
                formatCount(difference.elements),
                formatNumber(difference.maxAbsDifference),
              )}{' '}
          {difference.kind === 'rounding' && t.kinds.rounding}{' '}
          <Button
            onClick={() => {
              if (difference.node !== '') void reveal(difference.node);
              if (facts.branch === answer.a) void link.move((api) => api.seek(difference.position));
            }}
          >
            {t.show}
          </Button>
        </p>
      )}
    </div>
  );
}

function Losses({ facts }: { readonly facts: TimelineFacts }) {
  const curves = useLossCurves(facts);
  const series = useMemo(
    () =>
      curves.map(({ branch, iterations, losses }) => {
        const at = facts.branches.findIndex(({ id }) => id === branch);
        return {
          name: facts.branches[at]?.name ?? '',
          ...(seriesLooks[at % seriesLooks.length] as (typeof seriesLooks)[number]),
          xs: iterations,
          ys: losses,
        };
      }),
    [curves, facts.branches],
  );
  return series.some(({ xs }) => xs.length > 1) ? (
    <SeriesChart label={t.loss} series={series} at={facts.position.iteration} />
  ) : null;
}
