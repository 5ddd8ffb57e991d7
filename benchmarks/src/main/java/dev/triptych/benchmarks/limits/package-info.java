/** What one key's flood costs the others: two gateways over one store, with processes of their own on this machine. */
@NullMarked
package dev.triptych.benchmarks.limits;

import org.jspecify.annotations.NullMarked;
