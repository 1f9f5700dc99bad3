// One number: what it is, how it comes together, its terms, the window that they lie in, and its fields.
import type { ElementAt, NumberExplanation } from '../../../engine/protocol/explain.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { formatExact, formatNumber } from '../../ui/format.ts';
import { texts } from '../../ui/texts.ts';
import { ElementPicture } from './element-picture.tsx';
import styles from './explain.module.css';
import { FieldPictures } from './field-pictures.tsx';
import { NumberGrids } from './number-grids.tsx';
import type { Place } from './place.ts';
import { Bar, signClass } from './term-bar.tsx';
import { TermList } from './term-list.tsx';

const t = explainTexts;

export interface NumberViewProps {
  readonly answer: NumberExplanation | null;
  readonly settled: boolean;
  /** `instead`: in place of the number looked at, not after it. */
  readonly onGo: (to: Place, instead?: boolean) => void;
  readonly onMore: () => void;
}

export function NumberView({ answer, settled, onGo, onMore }: NumberViewProps) {
  if (answer === null)
    return (
      <p className={styles['missing']} role="status">
        {settled ? t.missing : texts.ui.loading}
      </p>
    );
  return (
    <div className={styles['columns']} aria-busy={!settled}>
      <div className={styles['main']}>
        <Head answer={answer} onGo={onGo} />
        {(answer.paths.length > 0 || answer.parts.length > 0) && <Parts answer={answer} onGo={onGo} />}
        {answer.grids.length > 0 && <NumberGrids grids={answer.grids} onGo={onGo} />}
        <TermList key={`${answer.name} ${answer.index}`} answer={answer} onGo={onGo} onMore={onMore} />
      </div>
      <aside className={styles['side']}>
        <ElementPicture answer={answer} onGo={(to) => onGo(to, true)} />
        <FieldPictures place={answer} onGo={onGo} />
      </aside>
    </div>
  );
}

interface PartProps {
  readonly answer: NumberExplanation;
  readonly onGo: (to: Place) => void;
}

function Head({ answer, onGo }: PartProps) {
  return (
    <section className={styles['head']} aria-live="polite">
      <p className={styles['name']}>
        <code>{t.element(answer.name, answer.at.join(', '))}</code>
        <span className={styles['kind']}>
          {answer.op === null ? '' : `${answer.op} · `}
          {t.kinds[answer.kind]}
        </span>
      </p>
      <output className={styles['value']}>{formatExact(answer.value)}</output>
      {answer.related.length > 0 && (
        <p className={styles['related']}>
          {answer.related.map(({ as, element }) => (
            <ElementLink key={as} element={element} onGo={onGo}>
              {t.relations[as]}
            </ElementLink>
          ))}
        </p>
      )}
      <p className={styles['formula']}>
        <span className="visually-hidden">{t.formula}: </span>
        {answer.text}
      </p>
    </section>
  );
}

/** Ways that add up, and quantities with a name. */
function Parts({ answer: { paths, parts }, onGo }: PartProps) {
  const largest = Math.max(...paths.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return (
    <section className={styles['parts']}>
      {paths.length > 0 && (
        <ul aria-label={t.paths}>
          {paths.map(({ label, value }) => (
            <li key={label}>
              <span>{label}</span>
              <Bar value={value} largest={largest} />
              <b className={signClass(value)}>{formatNumber(value)}</b>
            </li>
          ))}
        </ul>
      )}
      {parts.length > 0 && (
        <dl aria-label={t.parts}>
          {parts.map(({ label, value, element }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {element ? (
                  <ElementLink element={element} onGo={onGo}>
                    {formatNumber(value)}
                  </ElementLink>
                ) : (
                  formatNumber(value)
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

interface ElementLinkProps {
  readonly element: ElementAt;
  readonly onGo: (to: Place) => void;
  readonly children: React.ReactNode;
}

function ElementLink({ element, onGo, children }: ElementLinkProps) {
  return (
    <button
      type="button"
      className={styles['link']}
      title={t.element(element.name, element.at.join(', '))}
      onClick={() => onGo({ name: element.name, index: element.index })}
    >
      {children}
    </button>
  );
}
