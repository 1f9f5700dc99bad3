import type { ReactNode } from 'react';
import type { ElementAt } from '../../../engine/protocol/explain.ts';
import type { Place } from '../../state/walk.ts';
import { explainTexts } from '../../ui/explain-texts.ts';
import { LinkButton } from '../../ui/link-button.tsx';

interface ElementLinkProps {
  readonly element: ElementAt;
  readonly onGo: (to: Place) => void;
  readonly children: ReactNode;
}

/** Leads to another number. */
export function ElementLink({ element: { name, index, at }, onGo, children }: ElementLinkProps) {
  return (
    <LinkButton underlined title={explainTexts.element(name, at.join(', '))} onClick={() => onGo({ name, index })}>
      {children}
    </LinkButton>
  );
}
