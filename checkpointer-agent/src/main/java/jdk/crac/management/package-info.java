/** The place of an interface for which frameworks look to learn whether this JVM can tell of its restore. */
package jdk.crac.management;
