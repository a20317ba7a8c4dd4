"""The member sheet: looking up, enrolling, coupons and points on the order."""

from domain.errors import ErrorCode, TillfoldError
from domain.wording import Language
from pos_client.screens.flow import Sheet
from tests.builders.facts import enrolled
from tests.builders.facts import sale as sale_fact
from tests.builders.till import DUCK, RICE
from tests.pos_client.screens.conftest import HER, Later, Shop


def give_points(shop: Shop, points: int) -> None:
    shop.till.write(sale_fact("earlier", member=str(HER), earned=points))


def points_wanted(shop: Shop) -> str:
    card = shop.face.member.state.card
    assert card is not None
    return card.points.wanted


def test_she_is_found_by_phone_last_four_name_and_pinyin(shop: Shop) -> None:
    for text in ("138001", "8000", "李", "ll"):
        shop.face.member.search(text)
        assert [row.title for row in shop.face.member.state.found] == ["李*"], text


def test_an_answer_to_an_older_text_is_not_shown(slow_shop: Shop, later: Later) -> None:
    member = slow_shop.face.member
    member.search("138001")
    member.search("9999")
    later.work()
    assert member.state.found == ()
    assert member.state.hint.startswith("没有找到会员")


def test_enter_before_the_answer_opens_the_first_one_found(slow_shop: Shop, later: Later) -> None:
    slow_shop.face.member.search_now("8000")
    later.work()
    assert slow_shop.face.sell.state.member.name == "李*"


def test_nobody_found_leads_to_the_form_with_what_was_typed(shop: Shop) -> None:
    shop.face.member.search_now("13912345678")
    form = shop.face.member.state.form
    assert form is not None
    assert form.phone == "13912345678"
    assert shop.face.member.state.card is None


def test_a_name_typed_is_not_put_into_the_phone_field(shop: Shop) -> None:
    shop.face.member.start_enrolment("张三")
    form = shop.face.member.state.form
    assert form is not None
    assert form.phone == ""


def test_a_new_member_is_on_the_order_at_once(shop: Shop) -> None:
    shop.face.member.start_enrolment("")
    shop.face.member.enrol(phone="139 1234 5678", name="韩梅梅", birthday="")
    assert shop.face.sell.state.member.name == "韩**"
    assert shop.notice == "韩** 已登记为会员。"
    shop.put(RICE)
    assert shop.notice == ""


def test_what_is_wrong_with_the_form_stands_beside_it(shop: Shop) -> None:
    shop.face.member.start_enrolment("")
    shop.face.member.enrol(phone="12", name="韩梅梅", birthday="")
    form = shop.face.member.state.form
    assert form is not None
    assert form.message.startswith("手机号无法识别")
    shop.face.member.enrol(phone="13800138000", name="韩梅梅", birthday="")
    form = shop.face.member.state.form
    assert form is not None
    assert form.message.startswith("该手机号已是会员")
    assert not form.busy


def test_the_member_bar_always_says_what_can_be_done_offline(shop: Shop) -> None:
    give_points(shop, 1_240)
    shop.meet_her()
    bar = shop.face.sell.state.member
    assert bar.points == "1,240 积分"
    assert bar.coupons == "1 张券可用"
    assert bar.offline == "离线可用 1,240 分"


def test_points_go_up_and_down_in_steps_and_not_beyond_the_limit(shop: Shop) -> None:
    give_points(shop, 1_240)
    shop.meet_her()
    shop.put(DUCK, DUCK)
    for expected in ("100", "200", "300"):
        shop.face.member.points.add()
        assert points_wanted(shop) == expected
    shop.face.member.points.use_most()
    assert points_wanted(shop) == "1,200"
    card = shop.face.member.state.card
    assert card is not None
    assert not card.points.can_add
    assert card.points.worth == "抵 ¥12.00"
    shop.face.member.points.take()
    assert points_wanted(shop) == "1,100"
    shop.face.member.points.use_none()
    assert points_wanted(shop) == "0"


def test_a_coupon_is_laid_and_taken_off_by_a_tap(shop: Shop) -> None:
    shop.meet_her()
    shop.put(DUCK)
    card = shop.face.member.state.card
    assert card is not None
    assert card.coupons[0].note == "点击使用"
    shop.face.member.toggle_coupon(0)
    card = shop.face.member.state.card
    assert card is not None
    assert (card.coupons[0].note, card.coupons[0].chosen) == ("−10.00", True)
    assert shop.face.sell.state.totals.due == "¥118.00"
    shop.face.member.toggle_coupon(0)
    assert shop.face.sell.state.totals.due == "¥128.00"


def test_a_coupon_that_does_not_apply_says_why(shop: Shop) -> None:
    shop.meet_her()
    shop.put(RICE)
    card = shop.face.member.state.card
    assert card is not None
    assert card.coupons[0].note == "再点 ¥47.00 可用"


def test_without_the_member_her_points_and_coupon_no_longer_count(shop: Shop) -> None:
    give_points(shop, 1_000)
    shop.meet_her()
    shop.put(DUCK)
    shop.face.member.toggle_coupon(0)
    shop.face.member.points.use_most()
    shop.face.sell.drop_member()
    assert shop.face.sell.state.totals.due == "¥128.00"
    shop.face.flow.open(Sheet.PAY)
    assert [row.detail for row in shop.face.pay.state.unused][-1] == "请先识别会员"


def test_her_card_follows_what_happened_elsewhere(shop: Shop) -> None:
    shop.meet_her()
    give_points(shop, 300)
    shop.face.refresh()
    assert shop.face.sell.state.member.points == "300 积分"


def test_a_refresh_leaves_a_half_filled_form_alone(shop: Shop) -> None:
    shop.meet_her()
    shop.face.member.start_enrolment("139")
    shop.face.refresh()
    assert shop.face.member.state.form is not None


def test_no_more_than_twenty_rows(shop: Shop) -> None:
    shop.till.write(
        *(enrolled(f"m{n}", phone=f"+86139123400{n:02d}", name="赵六") for n in range(25))
    )
    shop.face.member.search("13912")
    assert len(shop.face.member.state.found) == 20


def test_dates_and_figures_of_the_card(shop: Shop) -> None:
    give_points(shop, 50)
    shop.meet_her()
    card = shop.face.member.state.card
    assert card is not None
    values = {figure.label: figure.value for figure in card.figures}
    assert values["到店次数"] == "1"
    assert values["累计消费"] == "¥50.00"
    assert values["上次到店"] == shop.desk.day(shop.desk.now_ms())
    shop.desk.speak(Language.ENGLISH)
    card = shop.face.member.state.card
    assert card is not None
    assert card.figures[2].label == "Visits"


def test_a_whole_number_that_nobody_has_is_asked_for_and_offline_says_so(
    slow_shop: Shop, later: Later
) -> None:
    member = slow_shop.face.member
    slow_shop.till.machinery.board.failed(TillfoldError(ErrorCode.SERVER_UNREACHABLE))
    member.search("13912345678")
    later.waiting.pop(0)()
    assert member.state.hint == slow_shop.desk.wording.text("member.asking")
    member.search_now("13912345678")
    waiting = member.state
    assert waiting.form is None, "Enter waits for the answer"
    later.work()
    assert member.state.form is not None
    member.cancel_enrolment()
    assert member.state.hint == slow_shop.desk.wording.text("member.only_here")
    member.search("139123456")
    later.work()
    assert member.state.hint == slow_shop.desk.wording.text("member.nobody_found")
