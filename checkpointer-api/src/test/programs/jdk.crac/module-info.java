/** What a JDK with native CRaC has, as far as {@code org.crac} calls it. */
module jdk.crac {
    exports jdk.crac;
}
