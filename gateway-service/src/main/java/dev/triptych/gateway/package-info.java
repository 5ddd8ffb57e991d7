/**
 * The public door: sends each request to the service that owns the work and answers for what spans services.
 *
 * <p>Holds no model and no native runtime. Everything runs on Reactor Netty's event loops and never blocks them.
 */
@NullMarked
package dev.triptych.gateway;

import org.jspecify.annotations.NullMarked;
