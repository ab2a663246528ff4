import type { ToolArguments } from '../../llm/tools.ts';
import { classifyCar, findPrices } from '../../workshop/quote.ts';
import type { Workshop } from '../../workshop/types.ts';
import type { ToolWork } from './run-tool.ts';

const lookUp = (workshop: Workshop, { service, car }: ToolArguments['find_prices']) => {
  const known = car === undefined ? null : classifyCar(workshop, car);
  const matches = findPrices(workshop, { service, carClass: known?.class });
  const note = matches.length === 0 ? 'В прайс-листе такой услуги нет: цену не называть, предложить ответ менеджера.' : undefined;
  return {
    car: known && { model: known.model, class: known.class, class_title: known.title },
    matches: matches.map(({ service: name, unit, from, price, prices }) => ({ service: name, unit, from, price, prices })),
    ...(note === undefined ? {} : { note }),
  };
};

/** The only source of prices. */
export const createPriceTool = (workshop: Workshop): Readonly<{ find_prices: ToolWork<'find_prices'> }> => ({
  find_prices: (args, { steps }, key) => steps.store('tool', key, lookUp(workshop, args)),
});
