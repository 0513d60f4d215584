import type { Constraints } from "./constraints.js";
import type { Order } from "./order.js";

/** Adds what the rules say follows. False where that contradicts the order. */
export function obey(constraints: Constraints, order: Order): boolean {
  for (let changed = true; changed; ) {
    changed = false;
    for (const rule of constraints.rules) {
      if (!constraints.before(order, ...rule.if) || constraints.before(order, ...rule.then)) continue;
      if (rule.and !== undefined && !constraints.before(order, ...rule.and)) continue;
      if (!constraints.add(order, ...rule.then)) return false;
      changed = true;
    }
  }
  return true;
}
