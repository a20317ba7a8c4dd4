"""What purposes of consent, profile fields and genders are called, in Chinese and English."""

from typing import Final

from domain.members.consents import ConsentPurpose
from domain.members.likeness import Likeness
from domain.members.profile import Gender, ProfileField

CONSENT_TEXTS: Final[dict[ConsentPurpose, tuple[str, str]]] = {
    ConsentPurpose.TERMS: ("会员条款", "Terms of membership"),
    ConsentPurpose.MARKETING_SMS: ("短信营销", "Marketing by text message"),
    ConsentPurpose.MARKETING_WECHAT: ("微信营销", "Marketing by WeChat"),
    ConsentPurpose.MARKETING_EMAIL: ("邮件营销", "Marketing by e-mail"),
    ConsentPurpose.MARKETING_PHONE: ("电话营销", "Marketing by phone call"),
    ConsentPurpose.PROFILING: ("消费画像分析", "Analysis of what I buy"),
    ConsentPurpose.SHARING: ("与合作方共享", "Sharing with partners"),
}

FIELD_TEXTS: Final[dict[ProfileField, tuple[str, str]]] = {
    ProfileField.NAME: ("姓名", "Name"),
    ProfileField.BIRTHDAY: ("生日", "Birthday"),
    ProfileField.NOTE: ("备注", "Note"),
    ProfileField.GENDER: ("性别", "Gender"),
    ProfileField.EMAIL: ("邮箱", "E-mail"),
    ProfileField.ADDRESS: ("地址", "Address"),
    ProfileField.PREFERENCES: ("口味偏好", "Preferences"),
    ProfileField.USUAL_STORE: ("常去门店", "Usual store"),
    ProfileField.CARD: ("会员卡", "Member card"),
}

GENDER_TEXTS: Final[dict[Gender, tuple[str, str]]] = {
    Gender.FEMALE: ("女", "Female"),
    Gender.MALE: ("男", "Male"),
    Gender.OTHER: ("其他", "Other"),
}

LIKENESS_TEXTS: Final[dict[Likeness, tuple[str, str]]] = {
    Likeness.NAME_AND_BIRTHDAY: ("姓名和生日相同", "Same name and birthday"),
    Likeness.EMAIL: ("邮箱相同", "Same e-mail"),
    Likeness.CARD: ("卡号相同", "Same card"),
}
