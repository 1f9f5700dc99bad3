import type { Page } from '@playwright/test';

/** Share of pixels that differ visibly between two pictures of the same size; 1 where the sizes differ. */
export function comparePictures(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async ([first, second]) => {
      const read = async (text: string): Promise<ImageData> => {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        if (context === null) throw new Error('no canvas');
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height);
      };
      const [one, two] = [await read(first), await read(second)];
      if (one.width !== two.width || one.height !== two.height) return 1;
      let different = 0;
      for (let i = 0; i < one.data.length; i += 4) {
        let far = 0;
        for (let c = 0; c < 3; c++) far = Math.max(far, Math.abs((one.data[i + c] ?? 0) - (two.data[i + c] ?? 0)));
        if (far > 24) different++;
      }
      return different / (one.width * one.height);
    },
    [a.toString('base64'), b.toString('base64')] as const,
  );
}
