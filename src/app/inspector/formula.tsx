// A formula that fits its column: MathML does not break lines, so a row is cut before its relations and signs into pieces that
// the text flow breaks; what is still too wide is made smaller.
import { useLayoutEffect, useRef } from 'react';
import { cx } from '../ui/cx.ts';
import styles from './inspector.module.css';

const least = 0.55;

interface FormulaProps {
  /** From the catalogue: one `<math>` with one row. */
  readonly mathml: string;
  readonly label: string;
  readonly small?: boolean;
}

export function Formula({ mathml, label, small = false }: FormulaProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const shrink = (): void => {
      element.style.fontSize = '';
      const room = element.clientWidth - padding(element);
      const widest = Math.max(0, ...[...element.children].map((piece) => piece.getBoundingClientRect().width));
      if (room > 0 && widest > room) element.style.fontSize = `${Math.max(least, (room / widest) * 0.98)}em`;
    };
    element.replaceChildren(...pieces(mathml));
    shrink();
    const watch = new ResizeObserver(shrink);
    // The box grows with its text: only its width counts, which the column gives.
    watch.observe(element.parentElement ?? element);
    return () => watch.disconnect();
  }, [mathml]);
  return (
    <div className={cx(styles['formulaBox'], small && styles['smallFormula'])} role="math" aria-label={label}>
      <div ref={box} className={styles['formula']} />
    </div>
  );
}

function padding(element: HTMLElement): number {
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  return Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
}

const breaksBefore = new Set(['=', '≈', '∼', '←', '→', '+', '−', '⊙', '·', '⋅']);

/** The formula as inline pieces, broken before relations and signs of its outermost row, and after its commas. */
function pieces(mathml: string): readonly Node[] {
  const template = document.createElement('template');
  template.innerHTML = mathml;
  const math = template.content.firstElementChild;
  const row = math?.firstElementChild;
  if (!math || row?.localName !== 'mrow' || math.children.length > 1) return [...template.content.childNodes];
  const groups: Element[][] = [[]];
  const begin = (): void => {
    if (groups.at(-1)?.length !== 0) groups.push([]);
  };
  for (const child of [...row.children]) {
    const sign = child.localName === 'mo' ? (child.textContent ?? '') : '';
    const prefix = child.getAttribute('form') === 'prefix';
    // A sign that follows a relation belongs to it: `= −x` stays together.
    const afterSign = groups.at(-1)?.at(-1)?.localName === 'mo';
    if (breaksBefore.has(sign) && !prefix && !afterSign) begin();
    // Space after a comma would indent the line that begins behind it.
    if (child.localName === 'mspace' && groups.at(-1)?.length === 0) continue;
    groups.at(-1)?.push(child);
    if (child.getAttribute('separator') === 'true') begin();
  }
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group) => {
      const piece = math.cloneNode(false) as Element;
      piece.setAttribute('display', 'inline');
      piece.setAttribute('displaystyle', 'true');
      const inner = row.cloneNode(false) as Element;
      inner.append(...group);
      piece.append(inner);
      return [piece, document.createTextNode(' ')];
    });
}
