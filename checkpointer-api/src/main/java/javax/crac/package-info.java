/**
 * The implementation that {@code org.crac} looks for by the name of this package. It holds no logic: every call goes
 * to checkpointer's coordinator. Programs use {@code org.crac}, not this package.
 */
package javax.crac;
