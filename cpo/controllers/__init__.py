"""What asks for limits besides people and other programs: the solar controller, and charging without a card."""

from cpo.controllers.card_goals import CardGoals
from cpo.controllers.card_keeper import CardKeeper
from cpo.controllers.clock_watch import ClockWatch
from cpo.controllers.cost_keeper import CostKeeper
from cpo.controllers.demo_replay import NO_LAMBDA, RULES, replay_by
from cpo.controllers.free_charging import FreeCharging
from cpo.controllers.fuse_keeper import FuseKeeper
from cpo.controllers.goal_aim import Planned
from cpo.controllers.goal_keeper import GoalKeeper, GoalView
from cpo.controllers.goal_shelf import GoalShelf
from cpo.controllers.goal_values import NOTHING, GoalBook, GoalResult, Progress
from cpo.controllers.goal_values import Aim as GoalAim
from cpo.controllers.mode_choice import choose_mode
from cpo.controllers.peak_keeper import PeakKeeper
from cpo.controllers.plan_sentences import goal_sentence, regret_sentence
from cpo.controllers.plan_values import Outlook, PlanOutline
from cpo.controllers.planning import Planning
from cpo.controllers.quarters import Quarters
from cpo.controllers.solar_controller import MAX_RECORDS, Decided, SolarController
from cpo.controllers.solar_rule import HOLD_S, START_ABOVE_W, Decision
from cpo.controllers.surplus_record import DecisionRecord
from cpo.controllers.surplus_replay import DemoRecord, Figures, Replay
from cpo.controllers.surplus_sentences import (
    INPUTS,
    counterfactual_sentence,
    decision_sentence,
    import_price_words,
    input_text,
    reason_sentence,
    reason_words,
)
from cpo.controllers.surplus_values import Aim, Beyond, Counterfactual, Part, Reason, UsedInput

__all__ = [
    'HOLD_S',
    'INPUTS',
    'MAX_RECORDS',
    'NOTHING',
    'NO_LAMBDA',
    'RULES',
    'START_ABOVE_W',
    'Aim',
    'Beyond',
    'CardGoals',
    'CardKeeper',
    'ClockWatch',
    'CostKeeper',
    'Counterfactual',
    'Decided',
    'Decision',
    'DecisionRecord',
    'DemoRecord',
    'Figures',
    'FreeCharging',
    'FuseKeeper',
    'GoalAim',
    'GoalBook',
    'GoalKeeper',
    'GoalResult',
    'GoalShelf',
    'GoalView',
    'Outlook',
    'Part',
    'PeakKeeper',
    'PlanOutline',
    'Planned',
    'Planning',
    'Progress',
    'Quarters',
    'Reason',
    'Replay',
    'SolarController',
    'UsedInput',
    'choose_mode',
    'counterfactual_sentence',
    'decision_sentence',
    'goal_sentence',
    'import_price_words',
    'input_text',
    'reason_sentence',
    'reason_words',
    'regret_sentence',
    'replay_by',
]
