package io.unikernal.udl;

/** What each kind of change between two definitions means, declared once. */
enum ChangeRule {
  SYSTEM_ADDED(Action.IN_PLACE, false, "a system is opened beside the others"),
  SYSTEM_REMOVED(Action.DRAIN, false, "the system is drained, then closed"),
  SYSTEM_TYPE(Action.DRAIN, false, "another kind of system: the old one is drained, then closed"),
  SYSTEM_OPTION(
      Action.DRAIN,
      false,
      "an address, a connection or another option of a system is read when it opens"),
  SYSTEM_CLEARANCE(Action.IN_PLACE, false, "what a system may handle is checked before it runs"),
  SYSTEM_POLICY(Action.IN_PLACE, false, "policies count from the next message on"),
  OPERATION_ADDED(Action.IN_PLACE, false, "an operation more"),
  OPERATION_REMOVED(Action.DRAIN, false, "an operation that only the definition itself calls"),
  SOURCE_REMOVED(Action.DRAIN, true, "who sends to the operation finds it no more"),
  OPERATION_DIRECTION(Action.DRAIN, true, "what received is called now, or the reverse"),
  OPERATION_OPTION(Action.DRAIN, false, "an option of an operation is read when its system opens"),
  OPERATION_EFFECT(Action.IN_PLACE, false, "what happens when it runs twice is judged anew"),
  OPERATION_CAPABILITY(Action.IN_PLACE, false, "what the operation can promise"),
  OPERATION_DOC(Action.IN_PLACE, false, "a text for people"),
  INPUT_WIDER(Action.IN_PLACE, false, "everything that was accepted still is"),
  INPUT_NARROWER(
      Action.IN_PLACE,
      true,
      "something that was accepted is refused: a new required field, a closer constraint, a field"
          + " that is known no more"),
  OUTPUT_NARROWER(Action.IN_PLACE, false, "every answer is one that could come before too"),
  OUTPUT_WIDER(
      Action.IN_PLACE, true, "answers may come that could not before, or lack a field they had"),
  CALL_TYPE(Action.IN_PLACE, false, "types of what the definition itself calls; it was checked"),
  ACCESS_CLOSED(Action.IN_PLACE, true, "who has no role that may is refused"),
  ACCESS_OPENED(Action.IN_PLACE, false, "everybody may call everything: nobody is asked"),
  IDENTITY_ADDED(Action.IN_PLACE, false, "callers may prove who they are in one more way"),
  IDENTITY_REMOVED(Action.IN_PLACE, true, "callers that proved themselves so are refused"),
  IDENTITY_CHANGED(Action.IN_PLACE, true, "who was known may not be, or with other roles"),
  GRANT_WIDER(Action.IN_PLACE, false, "a role may more: see that this is meant"),
  GRANT_NARROWER(Action.IN_PLACE, true, "who has the role is refused what he could call"),
  STATE_KEYS(
      Action.DRAIN,
      false,
      "the keys of the state are read when it opens: they change with a restart, not with a reload"),
  ROUTE_ADDED(Action.IN_PLACE, false, "messages flow where none did"),
  ROUTE_REMOVED(Action.IN_PLACE, true, "messages that were taken are taken no more"),
  ROUTE_WHEN(Action.IN_PLACE, false, "other messages are taken"),
  ROUTE_ORDER(Action.IN_PLACE, false, "routes of one operation are tried in another order"),
  ROUTE_POLICY(Action.IN_PLACE, false, "policies count from the next message on"),
  ROUTE_CHANGED(Action.IN_PLACE, false, "the route does something else with a message"),
  GUARANTEE_WEAKER(Action.IN_PLACE, true, "the route promises less"),
  GUARANTEE_STRONGER(Action.IN_PLACE, false, "the route promises more"),
  PIPELINE_ADDED(Action.IN_PLACE, false, "a pipeline more"),
  PIPELINE_REMOVED(Action.IN_PLACE, false, "nothing leads to it any more"),
  PIPELINE_POLICY(Action.IN_PLACE, false, "policies count from the next message on"),
  PIPELINE_CHANGED(
      Action.IN_PLACE,
      false,
      "messages that are on their way end by the old one, new ones by the new"),
  TYPE_ADDED(Action.IN_PLACE, false, "a type more"),
  TYPE_REMOVED(Action.IN_PLACE, false, "a type less; where it was used says what that means"),
  TYPE_CHANGED(Action.IN_PLACE, false, "another shape; where it is used says what that means"),
  FUNCTION_ADDED(Action.IN_PLACE, false, "a function more"),
  FUNCTION_REMOVED(Action.IN_PLACE, false, "a function that no expression calls any more"),
  FUNCTION_CHANGED(Action.IN_PLACE, false, "expressions that call it may give something else"),
  DOC(Action.IN_PLACE, false, "a text for people");

  /** How a change comes into a definition that runs. */
  enum Action {
    IN_PLACE("in place"),
    DRAIN("drain and restart");

    private final String text;

    Action(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Action action;
  private final boolean isBreaking;
  private final String why;

  ChangeRule(Action action, boolean isBreaking, String why) {
    this.action = action;
    this.isBreaking = isBreaking;
    this.why = why;
  }

  Action action() {
    return action;
  }

  /** Whether somebody who calls or is called from outside may fail after it. */
  boolean isBreaking() {
    return isBreaking;
  }

  String why() {
    return why;
  }
}
