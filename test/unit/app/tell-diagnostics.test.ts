import { expect, test } from 'vitest';
import { tellDiagnostics } from '../../../src/app/commands/support/tell-diagnostics.ts';
import { plainMessage } from '../../../src/app/ui/plain-message.ts';
import { error, warning } from '../../../src/tensor/diagnostic.ts';

test('what is wrong with a file is told with its place and what to do, without codes', () => {
  expect(
    tellDiagnostics([
      error('E_JSON_SYNTAX', 'line 1, column 60: expected `,` or `]`'),
      warning('W_RANK', 'expects 3 channels, gets 1', { path: 'conv1', port: 'x' }, { hint: 'Insert flatten' }),
    ]),
  ).toBe('line 1, column 60: expected `,` or `]`\nconv1.x: expects 3 channels, gets 1. Insert flatten');
  const long = tellDiagnostics([error('E_ID', 'is too long', { json: 'k'.repeat(5000) })]);
  expect(long.length).toBeLessThan(300);
});

test('where there is only plain text, names stand without their marks', () => {
  expect(plainMessage('`k` decides, did you mean `norm`?')).toBe('k decides, did you mean norm?');
  expect(plainMessage('one ` alone')).toBe('one ` alone');
});
